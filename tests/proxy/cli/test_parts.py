from pathlib import Path

import pytest

from proxy.cli.parts import (
    NoKnowledge,
    NotNeeded,
    apart,
    complete_pages,
    data_folder,
    load_pages,
)
from proxy.config.load import load_config


def test_a_trial_has_a_folder_of_its_own_and_no_keys(config: Path) -> None:
    config.write_text(config.read_text() + '\n[auth]\nkeys_file = "bots.json"\n')
    loaded = load_config(config)
    with apart(loaded) as trial:
        folder = data_folder(trial)
        assert folder.is_dir()
        assert folder != data_folder(loaded)
        assert trial.config.auth.keys_file is None
        assert trial.hash == loaded.hash
    assert not folder.exists()
    assert not data_folder(loaded).exists()


def test_pages_are_loaded_from_beside_the_configuration(config: Path) -> None:
    assert load_pages(load_config(config)).page_ids() == ("knowledge/returns",)


async def test_stand_ins_know_nothing_and_do_nothing() -> None:
    assert NoKnowledge().search("refund") == NoKnowledge().pages(["a"]) == ()
    with pytest.raises(NotImplementedError):
        await NotNeeded().classify(())
    with pytest.raises(NotImplementedError):
        await NotNeeded().redact(["x"], tenant="t", conversation_id=None)


def test_complete_pages_are_found_by_meaning_too(config: Path) -> None:
    loaded = load_config(config)
    pages = complete_pages(loaded)
    assert pages.retrieval.startswith("lexical and dense (transformer-")
    assert not data_folder(loaded).exists()
    data_folder(loaded).mkdir()
    assert complete_pages(loaded).search("refund")[0].source_id == "knowledge/returns"
    assert len(list(data_folder(loaded).glob("vectors-*.npz"))) == 1


def test_pages_are_found_by_words_alone_if_the_configuration_says_so(config: Path) -> None:
    text = config.read_text().replace("[knowledge]\n", "[knowledge]\ndense = false\n")
    assert "dense = false" in text
    config.write_text(text)
    assert complete_pages(load_config(config)).retrieval == "lexical"
