# Of a process. Pages compute more than they wait, so more threads than this only take turns.
POOL = {"min_size": 1, "max_size": 8, "timeout": 10}
