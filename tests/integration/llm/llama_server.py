"""Serve a GGUF model with llama.cpp's own HTTP server, on a free port of the loopback interface.

`python llama_server.py MODEL CONTEXT_TOKENS` prints the server's address when it is ready and
serves until its standard input ends, so that it never outlives the test that started it.
"""

import sys

import xllamacpp

parameters = xllamacpp.CommonParams()
parameters.model.path = sys.argv[1]
parameters.n_ctx = int(sys.argv[2])
parameters.port = 0
parameters.n_parallel = 1
parameters.warmup = False
# Several threads wait for each other in busy loops, which on a machine that does other things too
# costs a hundred times what they gain on a model so small.
parameters.cpuparams.n_threads = 1
parameters.cpuparams_batch.n_threads = 1
parameters.sampling.seed = 1
# Against the smallest model's habit of going round in circles, which the backend refuses.
parameters.sampling.penalty_repeat = 1.15
parameters.sampling.penalty_last_n = 512
server = xllamacpp.Server(parameters)
print(server.listening_address, flush=True)  # noqa: T201 - the contract with whoever started this
sys.stdin.read()
