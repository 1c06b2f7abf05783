"""Energy plans of devices, as `greendiff plan` makes them."""

import json
import warnings
from ctypes import byref, c_void_p

import numpy as np

from ._library import BadArgument, call, taken
from .codec import options_json


class Plan(dict):
    """Plans by field: arrays of numpy, one value a device."""

    summary = None
    """What devices on one band come to (`total_bandwidth`): a dict of totals, the duality gap, the price of the band; else None."""


def plan(devices, **options):
    """The plan of least energy for each device: CPU frequency, transmit power, and how the time budget is divided.

    `devices`: dicts with the fields of a device file (docs/devices.md; what is missing is the paper's device), or a pandas
    DataFrame with a column a field, in which NaN is a missing value.

    Options: `time_budget` (seconds for all devices, or "auto"), `total_bandwidth` (Hz that all share), `solver` ("fast" or
    "algorithm1"), `tolerance`, `equations` ("corrected" or "printed"), `energy_model` ("table", "smooth" or "paper"), `skip_invalid`
    (leaves out devices that cannot be used,
    with a warning each), `threads`.

    Returns a `Plan`, a dict of arrays by field: `feasible`, `theta` and `pi` (shares of the time budget), `frequency_hz`,
    `power_w`, `time_compute_s`, `time_communication_s`, `energy_compute_j`, `energy_communication_j`, `energy_total_j`, and what
    docs/energy.md lists. NaN stands where a device has no such number, None where it has no such text. A DataFrame gives a
    DataFrame with its index, and `attrs["summary"]`. An infeasible device is a result: its `reason` says what would help.

    Raises `BadFile` for a device that cannot be used, `BadSetting` for options.

    >>> import greendiff
    >>> plans = greendiff.plan([{"id": "near", "distance_m": 45}, {"id": "far", "distance_m": 900, "time_budget_s": 10}])
    >>> plans["feasible"].tolist()
    [True, False]
    >>> print(f"{plans['energy_total_j'][0]:.4f} J at {plans['frequency_hz'][0] / 1e6:.1f} MHz")
    0.5476 J at 140.3 MHz
    """
    frame = devices if hasattr(devices, "to_dict") and hasattr(devices, "columns") else None
    rows = devices if frame is None else _rows(frame)
    if options.pop("format", "json") != "json":
        raise BadArgument("plan gives arrays, not a format; python -m greendiff plan writes files")
    output, notes = _planned(list(rows), options)
    entries = output["devices"] if isinstance(output, dict) else output
    plans = Plan({name: _column([entry.get(name) for entry in entries]) for name in _names(entries)})
    plans.summary = output.get("summary") if isinstance(output, dict) else None
    for line in notes:
        warnings.warn(line, stacklevel=2)
    return plans if frame is None else _data_frame(frame, plans)


def _planned(rows, options):
    try:
        text = json.dumps(rows, default=lambda value: value.item()).encode()
    except (AttributeError, TypeError, ValueError) as error:
        raise BadArgument(f"devices are no dicts of numbers, texts and lists: {error}") from None
    given, plans, notes = options_json(options), c_void_p(), c_void_p()
    call("plan", text, len(text), given, len(given), byref(plans), byref(notes))
    return json.loads(taken(plans)), taken(notes).decode().splitlines()


def _rows(frame):
    """The rows of a DataFrame as dicts, without the fields that are missing in them."""
    filled = frame.astype(object).where(frame.notna(), None)
    return [{name: value for name, value in row.items() if value is not None} for row in filled.to_dict("records")]


def _names(entries):
    """The fields of all plans, in the order in which they come."""
    return list(dict.fromkeys(name for entry in entries for name in entry))


def _column(values):
    kinds = {type(value) for value in values}
    if kinds == {bool}:
        return np.array(values)
    if kinds <= {int, float, type(None)} and kinds != {type(None)}:
        whole = kinds == {int} and max(map(abs, values)) < 2**63
        return np.array([np.nan if value is None else value for value in values], np.int64 if whole else np.float64)
    column = np.empty(len(values), object)
    column[:] = values
    return column


def _data_frame(frame, plans):
    made = type(frame)(dict(plans))
    if len(made) == len(frame):
        made.index = frame.index
    made.attrs["summary"] = plans.summary
    return made
