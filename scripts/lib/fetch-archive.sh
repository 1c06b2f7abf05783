# Sourced by the download scripts. fetch_archive URL FILE CHECKSUM: FILE is there and has the published checksum (SHA-256 where one is
# known, else MD5), or the script ends. A partial download is kept as FILE.part and continued by the next call.
fetch_archive() {
    local url=$1 file=$2 checksum=$3 name
    name=$(basename "$0")
    if [ ! -f "$file" ]; then
        # A part that is whole already (the download was ended before its last step) cannot be continued: servers say 416.
        if ! has_checksum "$file.part" "$checksum"; then
            echo "$name: downloading $url"
            local status=0 continued=false
            [ ! -s "$file.part" ] || continued=true
            curl --fail --location --retry 5 --continue-at - --output "$file.part" "$url" || status=$?
            # 22: the server refused, 33: it cannot continue. Or what was there is not the beginning of this file. Once more from the start.
            if [ "$status" = 22 ] || [ "$status" = 33 ] ||
                { [ "$status" = 0 ] && $continued && ! has_checksum "$file.part" "$checksum"; }; then
                echo "$name: $file.part cannot be continued; downloading from the start"
                rm -f "$file.part"
                status=0
                curl --fail --location --retry 5 --output "$file.part" "$url" || status=$?
            fi
            if [ "$status" != 0 ]; then
                echo "$name: download failed; run it again to continue from $file.part" >&2
                exit 1
            fi
        fi
        mv "$file.part" "$file"
    fi
    echo "$name: verifying $file"
    if ! has_checksum "$file" "$checksum"; then
        echo "$name: $file does not have the published checksum $checksum; delete it and run this again" >&2
        exit 1
    fi
}

# has_checksum FILE CHECKSUM: told by its length, an MD5 or a SHA-256. False where there is no such file.
has_checksum() {
    local command=md5sum
    [ ${#2} = 32 ] || command=sha256sum
    echo "$2  $1" | $command --check --status 2>/dev/null
}

# need COMMAND PACKAGE: ends the script where COMMAND is missing.
need() {
    command -v "$1" >/dev/null && return
    echo "$(basename "$0"): $1 is missing; install it (apt-get install $2) and run this again" >&2
    exit 1
}
