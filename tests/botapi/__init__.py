"""A fast stand-in for the Bot API, as a process: `python -m tests.botapi --port N --token T` (`--help` for more).

`--control-port M` opens a second door that stays open while the first is shut.

It answers any method, keeps the truth of what arrived in memory, and is far quicker than any client measured with it.
The sandbox of the demo is richer and slower; this one is for figures. Over `/control/` a test reads and steers it:

- `GET /control/sent?since=N&limit=M`: what arrived, oldest first (see `Arrival`).
- `GET /control/bodies`: every text that ever arrived, by its checksum, as `[method, parameters]` of its first call.
- `GET /control/counts`: calls by method, `sent` (entries of the truth), `applied`, `refused`, its own `cpu` seconds.
- `POST /control/set`: any of `delay_ms`, `ceiling` (sends in any sliding second; 0: none), `faults` (see `Plan`),
  `chats` (how a chat refuses: see `REFUSALS`), `door` (`open`, `shut`, `deaf`).
- `POST /control/updates`: a list of updates for getUpdates; those without an `update_id` get the next one.
- `POST /control/forget`: empties the truth; message ids go on.

Updates come by getUpdates only; setWebhook is remembered, and delivering is the caller's work.
"""

from tests.botapi.api import Arrival
from tests.botapi.fates import MOVED

__all__ = ["MOVED", "Arrival"]
