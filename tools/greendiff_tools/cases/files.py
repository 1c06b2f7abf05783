"""Cases of files: images, checkpoints, tensors, texts, and what is written."""

from greendiff_tools.cases.case import LINES, Case, one_line

IMAGES = [
    Case("gray interlaced and plain images of 16 bits are the same images", """
        for kind in interlaced plain; do greendiff train --data folder:$in/gray-$kind $T --out $kind >log || exit; done
        cmp {interlaced,plain}/model/diffusion_pytorch_model.safetensors && echo same""", 0, r"^same$"),
    Case("coloured interlaced and plain images of 16 bits are the same images", """
        for kind in interlaced plain; do greendiff train --data folder:$in/rgb-$kind $T --out $kind >log || exit; done
        cmp {interlaced,plain}/model/diffusion_pytorch_model.safetensors && echo same""", 0, r"^same$"),
    Case("JPEG beside PNG is used", "greendiff train --data folder:$in/mixed $T --dry-run", 0, r"of 44 held out|\b44 images"),
    Case("WebP beside PNG is used",
         "greendiff train --data folder:$in/one-webp $T --dry-run", 0, r"13 images|images.*13|2-11 images"),
    Case("all images that cannot be read are named", "greendiff train --data folder:$in/broken $T --dry-run", 1,
         r"cut\.png.*empty\.jpg"),
    Case("--skip-unreadable goes on without them, and says so",
         "greendiff train --data folder:$in/broken $T --skip-unreadable on --dry-run", 0, r"4 of 6 files used.*cut\.png"),
    Case("annotations with a byte order mark", "greendiff train --data gtsrb:$in/gtsrb-bom $T --dry-run", 0, r"GTSRB"),
    Case("a pipe among the images is passed over", """
        cp -r $in/pipe d && mkfifo d/c/z.png && greendiff train --data folder:d $T --dry-run""", 0, r"2 devices", 10),
    Case("a class folder may be called version1.png",
         "greendiff train --data folder:$in/class-named-png $T --dry-run", 0, r"2 devices"),
    Case("a comment of PPM ends at CR", "greendiff train --data folder:$in/comment-cr $T --dry-run", 0, r"2 devices"),
    Case("a PNG that went through text mode", "greendiff train --data folder:$in/text-mode $T --dry-run", 1,
         r"89 50 4e 47 0d 0a 1a 0a.*binary mode"),
]

CHECKPOINTS = [
    Case("EMAModel's fields", "greendiff sample --checkpoint $in/unet-ema --count 1 --steps 2", 0, r"samples\.png"),
    Case("shards", "greendiff sample --checkpoint $in/sharded --count 1 --steps 2", 0, r"samples\.png"),
    Case("model.safetensors", "greendiff sample --checkpoint $in/renamed --count 1 --steps 2", 0, r"samples\.png"),
    Case("-Infinity in a scheduler", "greendiff sample --checkpoint $in/solver --count 1 --steps 2", 0, r"samples\.png"),
    Case("torch.compile's prefix",
         "greendiff sample --checkpoint $in/prefixed-orig-mod --count 1 --steps 2", 0, r"samples\.png"),
    Case("two wrappers' prefixes", "greendiff sample --checkpoint $in/prefixed-both --count 1 --steps 2", 0, r"samples\.png"),
    Case("NaN in config.json is no damaged JSON", "greendiff sample --checkpoint $in/infinite --count 1 --steps 2", 1,
         one_line("norm_eps")),
    Case("a .bin is refused with the command that converts it",
         "greendiff sample --checkpoint $in/binary --count 1 --steps 2", 1,
         r"convert it once: python -c .*save_pretrained"),
    Case("a pointer of Git LFS", "greendiff sample --checkpoint $in/pointer --count 1 --steps 2", 1, one_line("git lfs pull")),
    Case("a home folder is $HOME",
         "HOME=/tmp/home greendiff sample --checkpoint '~/nowhere' --count 1", 1, one_line(r"/tmp/home/nowhere")),
    Case("a model of images that are not square", """
        greendiff train --init $in/non-square --data folder:$in/data ${T/--preset tiny/} --out run &&
        greendiff sample --checkpoint run --count 1 --steps 2""",
         0, r"samples\.png"),
]

TENSORS = [
    Case("names that look alike are two names", "greendiff inspect $in/normalisation.safetensors", 0, r"2 tensors"),
    Case("the sign of Angstrom is no A with a ring", """
        greendiff quantize $in/angstrom.safetensors q && greendiff dequantize q w && greendiff inspect w""", 0, r"2 tensors"),
    Case("a tensor of integers is carried exactly", """
        greendiff quantize $in/position-ids.safetensors q && greendiff dequantize q w &&
        tail -c 64 w | cmp - <(tail -c 64 $in/position-ids.safetensors) && echo same""",
         0, r"^same$"),
    Case("a mask is carried exactly", """
        greendiff quantize $in/mask.safetensors q && greendiff dequantize q w &&
        tail -c 8 w | cmp - <(tail -c 8 $in/mask.safetensors) && echo same""",
         0, r"^same$"),
    Case("more tensors than a frame holds", "greendiff quantize $in/many.safetensors q", 1, one_line("70000", "65536")),
    Case("a header of 10 MB is read in time", "greendiff inspect $in/long-header.safetensors", 0, r"160,?000 tensors", 5),
    Case("a field of a tensor that is there twice",
         "greendiff inspect $in/type-twice.safetensors", 1, one_line("second dtype")),
    Case("a comma too many", "greendiff inspect $in/comma.safetensors", 1, one_line("byte 55")),
    Case("an extent that is no whole number", "greendiff inspect $in/fraction.safetensors", 1, one_line("whole number")),
    Case("a frame that unpacks to more than is allowed", """
        greendiff quantize $in/small.safetensors q &&
        greendiff dequantize q w --max-unpacked 100""", 1, r"greendiff: .*256.*--max-unpacked"),
]

FILES = [
    Case("a link given as output stays a link", """
        mkdir far && echo old >far/q && ln -s far/q link && greendiff quantize $in/small.safetensors link
        readlink link && head -c 4 far/q | tail -c 3""", 0, r"^far/q\nGDU"),
    Case("in = out is refused before anything is lost", """
        cp $in/small.safetensors w; greendiff quantize w w; [ $? = 1 ] && cmp w $in/small.safetensors && echo kept""", 0,
         r"it is the file that is read.*\n?kept"),
    Case("in = out by another name", """
        cp $in/small.safetensors w; ln w v; ln -s v u; greendiff quantize w ./u; [ $? = 1 ] &&
        cmp w $in/small.safetensors && echo kept""", 0,
         r"it is the file that is read.*\n?kept"),
    Case("a pipe is no file to quantize", "mkfifo f && greendiff quantize f q", 1, one_line("no regular file"), 10),
    Case("a name that ends in .jpg",
         "greendiff sample --checkpoint $in/prefixed-both --count 1 --steps 2 --out x.jpg", 64, r"PNG nor PPM"),
    Case("- as output", "greendiff sample --checkpoint $in/prefixed-both --count 1 --steps 2 --out -; s=$?; ls; exit $s", 1,
         one_line("- is no file")),
    Case("a folder in place of a file", "mkdir w && greendiff quantize $in/small.safetensors w", 1, one_line("it is a folder")),
    Case("a pipe in place of a file", "mkfifo n && greendiff quantize $in/small.safetensors n", 1, one_line("a pipe"), 10),
    Case("modes are kept", """
        echo old >w && chmod 600 w && greendiff quantize $in/small.safetensors w >log && stat -c %a w""", 0, r"^600$"),
    Case("no file but the one asked for", "greendiff quantize $in/small.safetensors w >../log && ls -A", 0, r"\Aw\Z"),
    Case("inspect --json on a full disk",
         "greendiff inspect $in/small.safetensors --json >/dev/full", 1, one_line("No space left")),
    Case("inspect on a full disk", "greendiff inspect $in/small.safetensors >/dev/full", 1, one_line("No space left")),
    Case("quantize --json on a full disk",
         "greendiff quantize $in/small.safetensors q --json >/dev/full", 1, one_line("No space left")),
    Case("a forecast on a full disk",
         "greendiff train --data folder:$in/data $T --dry-run >/dev/full", 1, one_line("No space left")),
    Case("help on a closed output", "greendiff train --help >&-", 1, one_line("standard output")),
    Case("a file beyond the limit of sizes", """
        ulimit -f 40; greendiff train --data folder:$in/data $T --out run >log""", 1, one_line("File too large")),
    Case("control characters of names are escaped", "greendiff plan --devices $in/escape.json", 1, LINES),
    Case("no escape sequences for a terminal that has none", """
        TERM=dumb script -qec "greendiff train --data folder:$in/data $T --out run" log >/dev/null; grep -c $'\\e' log""",
         1, r"^0$"),
    Case("no colours where NO_COLOR is set", """
        NO_COLOR=1 script -qec "greendiff train --data folder:$in/data $T --out run" log >/dev/null
        grep -c $'\\e\\[[0-9;]*m' log""",
         1, r"^0$"),
]

TEXTS = [
    Case("quoted cells", "greendiff plan --devices $in/quoted.csv", 0, r"phone"),
    Case("numbers with signs and bare points", "greendiff plan --devices $in/signs.csv", 0, r"\bd\b"),
    Case("a file of devices without a device", "greendiff plan --devices $in/header-only.csv", 1, one_line("no device")),
    Case("an empty list of devices", "greendiff plan --devices $in/empty.json", 1, one_line("no device")),
    Case("-0 and the ends of the range are values like others",
         "greendiff plan --devices $in/minus-zero.json --skip-invalid; [ $? -le 1 ] && echo lived", 0, r"^lived$"),
    Case("-0 on a shared band",
         "greendiff plan --devices $in/minus-zero.json --total-bandwidth 5e7 --skip-invalid; [ $? -le 1 ] && echo lived",
         0, r"^lived$"),
    Case("a cell of 8 MB", "greendiff plan --devices $in/long-cell.csv >out; [ $? -le 1 ] && echo lived", 0, r"^lived$", 10),
    Case("a field's name of 4 MB", "greendiff plan --devices $in/long-name.json", 1, LINES, 10),
    Case("aliases in keys", "greendiff train --config $in/aliases.yaml --dry-run", 1, one_line("alias"), 10),
    Case("a key of YAML that is there twice is named in a line",
         "greendiff train --config $in/twice.yaml --dry-run", 1, one_line("seed")),
    Case("a folder as file of settings", "greendiff train --config . --dry-run", 1, one_line("it is a folder|no regular file")),
    Case("a preset of another size than the checkpoint",
         "greendiff train --init $in/prefixed-both --data folder:$in/data ${T/tiny/small} --dry-run", 1,
         r"preset small is not the size of .*prefixed-both \(45259 parameters"),
    Case("an option that is like no other", "greendiff train --json", 64, r"Unknown option '--json'; see"),
    Case("an option that is misspelt", "greendiff train --roundz 3", 64, r"Did you mean '--rounds'\?"),
    Case("a command that is misspelt", "greendiff trian", 64, r"Did you mean 'train'\?|train"),
]

CASES = IMAGES + CHECKPOINTS + TENSORS + FILES + TEXTS
