"""What the pages themselves get wrong: contradictions, copies, pages that state nothing."""
