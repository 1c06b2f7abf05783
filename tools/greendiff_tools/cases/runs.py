"""Cases of the machine around a run, and of the run's folder."""

from greendiff_tools.cases.case import Case, one_line

MACHINE = [
    Case("threads are those of the affinity",
         "taskset -c 0 greendiff train --data folder:$in/data ${T/--threads 1/} --out run", 0,
         r"\b1 thread,"),
    Case("many more threads than processors",
         "greendiff train --data folder:$in/data ${T/--threads 1/--threads 1024} --out run", 0,
         r"1024 threads", 120),
    Case("memory that is not there is an error", """
        (ulimit -v 4000000; greendiff train --data folder:$in/data $T --preset small --batch-size 4096 --out run >log)""", 1,
         one_line("memory")),
    Case("SIGTERM ends with 143", """
        greendiff train --data folder:$in/data ${T/--rounds 1/--rounds 100000} --out run >log &
        sleep 1; kill -TERM $!; wait $!""",
         143, r""),
    Case("SIGINT ends with 130, and the run goes on", """
        set -m; greendiff train --data folder:$in/data ${T/--rounds 1/--rounds 100000} --out run >log &
        sleep 1; kill -INT $!; wait $!
        [ $? = 130 ] && n=$(wc -l <run/rounds.jsonl) && greendiff train --resume run --rounds $((n + 1)) >log &&
        wc -l <run/rounds.jsonl | grep -qx $((n + 1)) && echo resumed""",
         0, r"^resumed$"),
    Case("a second SIGINT stops at once", """
        set -m; greendiff train --data folder:$in/data ${T/--local-iterations 1/--local-iterations 4000} --out run >log & sleep 2
        kill -INT $!; sleep 0.5; kill -INT $!; wait $!""", 130, r"", 8),
]

RUNS = [
    Case("images that moved", """
        cp -r $in/data d && greendiff train --data folder:d $T --out run >log && mv d e &&
        greendiff train --resume run --rounds 2 --data folder:e""",
         0, r"rounds? 2"),
    Case("an image that was added is named", """
        cp -r $in/data d && greendiff train --data folder:d $T --out run >log && cp d/a/0000.png d/a/zzzz.png &&
        greendiff train --resume run --rounds 2""",
         1, one_line("a/zzzz.png")),
    Case("settings that were edited are named", """
        greendiff train --data folder:$in/data $T --out run >log && sed -i 's/^seed: .*/seed: 9/' run/config.yaml &&
        greendiff train --resume run --rounds 2""",
         1, one_line("seed 9")),
    Case("sample grids stay in TensorBoard's log", """
        greendiff train --data folder:$in/data ${T/--sample-every 0/--sample-every 1} --out run >log &&
        greendiff train --resume run --rounds 2 >log
        grep -ao 'PNG' run/tensorboard/* | wc -l""", 0, r"^3$", 60),
    Case("pretrain does not take a federated run's folder", """
        greendiff train --data folder:$in/data $T --out run >log && (cd run && find . -type f | xargs sha256sum) >before
        greendiff pretrain --data synthetic --preset tiny --steps 1 --batch-size 2 --out run; [ $? = 1 ] && (cd run &&
        sha256sum --quiet -c ../before) && echo kept""",
         0, r"holds a run of federated training[\s\S]*^kept$"),
    Case("train does not take a pretraining folder", """
        greendiff pretrain --data synthetic --preset tiny --steps 1 --batch-size 2 --out run >log &&
        greendiff train --data folder:$in/data $T --out run""",
         1, one_line("pretraining run")),
    Case("pretrain writes model/ where it is missing", """
        greendiff pretrain --data synthetic --preset tiny --steps 1 --batch-size 2 --out run >log &&
        cp -r run/model m && rm -r run/model
        greendiff pretrain --resume run >log; diff -r m run/model && echo same""", 0, r"^same$"),
    Case("going back under error feedback does the same again", """
        F="--data folder:$in/data ${T/--rounds 1/--rounds 3} --error-feedback 2 --select 1 --keep-checkpoints 3"
        greendiff train $F --out run >log && cp run/model/*.safetensors w &&
        greendiff train --resume run --from-round 2 >log && cmp w run/model/*.safetensors && echo same""",
         0, r"^same$"),
    Case("a flipped bit of the weights is found, an older checkpoint offered", """
        greendiff train --data folder:$in/data ${T/--rounds 1/--rounds 2} --out run >log
        cd run/checkpoints/round-00002 && printf '\\377' |
        dd of=diffusion_pytorch_model.safetensors bs=1 seek=100000 conv=notrunc status=none && cd ../../..
        greendiff train --resume run --rounds 3""", 1, one_line("--from-round 1")),
    Case("a cut checkpoint is named with the way back", """
        greendiff train --data folder:$in/data $T --out run >log &&
        truncate -s 100000 run/model/diffusion_pytorch_model.safetensors &&
        greendiff sample --checkpoint run/model --count 1""", 1, one_line("run/model.*copy or download")),
    Case("images that are held out are said to be",
         "greendiff train --data folder:$in/data $T --dry-run", 0, r"3 of 60 held out"),
    Case("runs without held-out losses cannot be compared", """
        greendiff train --data folder:$in/mixed $T --out run >log && greendiff pareto run run --out figures""", 1,
         one_line("held-out losses")),
    Case("records that are gone are missed", """
        greendiff train --data folder:$in/data $T --out run >log && : >run/rounds.jsonl &&
        greendiff train --resume run --rounds 2""", 1,
         one_line("rounds.jsonl", "0 of the 1")),
    Case("inspect misses federation.json", """
        greendiff train --data folder:$in/data $T --out run >log && rm run/checkpoints/round-00001/federation.json &&
        greendiff inspect run""", 1,
         one_line("federation.json")),
    Case("inspect refuses empty settings", """
        greendiff train --data folder:$in/data $T --out run >log && : >run/config.yaml &&
        greendiff inspect run""", 1, one_line("config.yaml")),
    Case("a number of steps that cannot be", """
        greendiff train --data folder:$in/data $T --out run >log && cd run/checkpoints/round-00001 &&
        rm manifest.json settings.yaml
        sed -i 's/"average_steps" : 1/"average_steps" : 9223372036854775807/' state.json &&
        greendiff train --resume ../.. --rounds 2""", 1,
         one_line("average_steps")),
    Case("records beyond the range", """
        greendiff train --data folder:$in/data $T --out run >log &&
        sed -i 's/"upload_bytes":[0-9]*/"upload_bytes":9223372036854775807/' run/rounds.jsonl
        greendiff inspect run""", 1, one_line("rounds.jsonl")),
    Case("a run that ended before its first checkpoint is taken up", """
        greendiff train --data folder:$in/data $T --out run >log && rm -r run/checkpoints/* run/model run/*.jsonl &&
        greendiff train --resume run""",
         0, r"round +1/1"),
    Case("what a killed process left is swept up", """
        greendiff train --data folder:$in/data $T --out run >log && mkdir run/model.partial-12345 &&
        touch run/config.yaml.partial-1 run/samples/.dat.nosync1
        greendiff train --resume run --rounds 2 >log && find run -name '*partial*' -o -name '.dat*' | wc -l""", 0, r"^0$"),
    Case("a plan that accepts no device is no success", """
        echo '[{"distance_m":45,"bandwidth_hz":1}]' >d.json &&
        greendiff train --data folder:$in/data ${T/--devices 2/} --devices d.json --time-budget 1 --out run""",
         1, r"greendiff: .*round 1"),
    Case("calibrate's devices train", """
        greendiff calibrate --preset tiny --out d.json >log &&
        greendiff train --data folder:$in/data ${T/--devices 2/} --devices d.json --out run""",
         0, r"round +1/1", 120),
]

CASES = MACHINE + RUNS
