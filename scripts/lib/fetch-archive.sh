# Sourced by the download scripts. fetch_archive URL FILE MD5: FILE is there and has the published checksum, or the script ends.
# A partial download is kept as FILE.part and continued by the next call.
fetch_archive() {
    local url=$1 file=$2 checksum=$3 name
    name=$(basename "$0")
    if [ ! -f "$file" ]; then
        echo "$name: downloading $url"
        if ! curl --fail --location --retry 5 --continue-at - --output "$file.part" "$url"; then
            echo "$name: download failed; run it again to continue from $file.part" >&2
            exit 1
        fi
        mv "$file.part" "$file"
    fi
    echo "$name: verifying $file"
    if ! echo "$checksum  $file" | md5sum --check --status; then
        echo "$name: $file does not have the published MD5 $checksum; delete it and run this again" >&2
        exit 1
    fi
}

# need COMMAND PACKAGE: ends the script where COMMAND is missing.
need() {
    command -v "$1" >/dev/null && return
    echo "$(basename "$0"): $1 is missing; install it (apt-get install $2) and run this again" >&2
    exit 1
}
