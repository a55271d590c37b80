"""What to do, decided by pure functions: no I/O, no clock, no randomness. Read the files in the order of a run::

    detect   what changed                     -> which subjects of a sync deserve a look
    fetch    what must be read before deciding -> ids per side
    match    a record without a link           -> the same as that one, new, or a person must say
    merge    base + crm + ledger               -> agreed, changes, conflicts
    plan     all of it, for one subject        -> operations with their reasons, or why there are none
    push     the answer to an operation        -> what became of it
    settle   what the answers prove            -> the new base
    stop     a whole plan                      -> go on, or halt and call a person

`subject.py` holds the words that the steps exchange, `refer.py` ids of other records, `preflight.py` what the other side would refuse;
`in_turn.py` plans several subjects, each knowing what the ones before it will make.
`runtime/cycle.py` calls them in this order and does the I/O between them.
"""
