"""Our codec and other formats: error against bytes. See scripts/study-codec."""
