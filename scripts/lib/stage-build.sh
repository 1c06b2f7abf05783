# Sourced by scripts/install and scripts/build-wheel. stage_build FOLDER PRODUCT...: builds the products, and FOLDER has them
# without debugging symbols (they are a quarter as large), their models, LICENSE and NOTICE; or the script ends.
stage_build() {
    local folder=$1 name product built log
    shift
    name=$(basename "$0")
    echo "$name: building (a first build takes a few minutes)"
    log=$(mktemp)
    for product in "$@"; do
        if ! swift build -c release --product "$product" >"$log" 2>&1; then
            grep -E 'error:' "$log" >&2 || true
            rm "$log"
            echo "$name: the build failed; see it with: swift build -c release --product $product" >&2
            exit 1
        fi
    done
    rm "$log"
    built=$(swift build -c release --show-bin-path)
    for product in "$@"; do
        if [ -f "$built/lib$product.so" ]; then product=lib$product.so; fi
        cp "$built/$product" "$folder/"
        if command -v strip >/dev/null; then strip "$folder/$product"; fi
    done
    cp -R "$built/GreenDiffusion_GreenDiffusion.resources" LICENSE NOTICE "$folder/"
}
