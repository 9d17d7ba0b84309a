"""Words for what is done, one row per action; see `wordings.py` for what a row means."""

ACTIONS = """
    cancel cancellation terminate
    stop discontinue
    return send_back give_back
    refund reimburse reimbursement
    exchange
    change update edit modify amend alter
    deliver delivery
    ship shipping shipment dispatch despatch
    get receive obtain acquire gain
    arrive arrival come come_back get_here
    pay payment
    buy purchase
    take
    order
    close closure shut
    open opening
    delete remove removal erase
    add adding
    activate activation enable switch_on turn_on set_live
    deactivate disable switch_off turn_off
    log_in login sign_in log_on
    log_out sign_out
    sign_up register enrol enroll registration
    unsubscribe
    subscribe
    track follow trace tracking
    find locate
    see view check look_up show display viewing
    download
    upload
    contact reach get_in_touch get_hold
    call
    report
    dispute contest challenge
    complain complaint
    replace replacement
    repair fix mend
    reset
    forget forgot forgotten
    lose lost
    steal stolen
    block
    unblock
    freeze
    unfreeze
    unlock
    lock
    transfer
    send post
    withdraw withdrawal take_out
    deposit pay_in
    borrow
    lend
    repay pay_off pay_back repayment
    overpay overpayment
    expire expiry expiration expiry_date expiration_date
    earn collect_points
    redeem
    spend
    pick_up collect collection pickup
    book reserve booking reservation
    renew renewal
    upgrade
    downgrade
    switch
    move
    port
    increase raise
    decrease reduce lower
    pause suspend
    include contain comprise consist
    cover
    insure insured insurance
    protect
    charge
    decline reject refuse
    accept
    approve approval
    verify verification
    confirm confirmation
    apply application
    qualify eligible eligibility
    use using used usage utilise utilize employ leverage utilization
    choose select pick choice
    require requirement need
    work function
    install installation
    set_up setup set up_setup configure
    connect
    link
    unlink
    restock
    wash clean
    assemble assembly
    recycle
    wrap wrapping
    invite
    convert conversion
    speak talk chat
    print
    save
    load import
    export
    write
    read
    share
    carry_over roll_over rollover
    exceed go_over
    miss
    contribute
    create make build construct form generate produce
    provide give supply furnish
    offer
    allow enable_to let permit facilitate
    retrieve fetch
    combine merge
    split divide
    specify indicate define determine
    ensure guarantee
    help assist
    know
    learn
    begin start
    end finish
    support
    compare
    calculate compute
    rename
    process
        train
    test
    keep retain
    enter
    explain clarify
    recover recovery
    migrate
    extract
    iterate cycle loop traverse
    shuffle randomize randomise
    improve enhance
    travel
    marry marriage married wedding
    roam roaming
    owe
"""
