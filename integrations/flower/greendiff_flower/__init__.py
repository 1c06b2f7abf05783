"""greendiff's rounds on Flower: SuperLink and SuperNodes carry what greendiff.Run and greendiff.Device say to each other."""
