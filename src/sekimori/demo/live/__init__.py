"""`sekimori play --live`: scenarios against real servers on loopback. `equipment` starts them, `door` is the desk's own LMTP door,
`post` hands mail in, `look` asks the servers what they let a member do, `check` compares that with what the desk says.
"""
