"""WeCom and the doors beside it, as one server of the tests' own, strict where the sheet is strict.

    async with WecomSim(now=clock) as sim:          # or `with running(sim):` in a thread of its own
        sim.office_at(url)                          # callbacks go to /wecom/app, /wecom/kefu, /wecom/contacts there
        environment = sim.settings()                # QINQING_* for the office
        await sim.member("zhangsan").say("…")       # .tap(key), .choose(question, option), .send_image(…), .shown
        await sim.owner("wm1").choose("我要投诉")    # .say, .tap(id), .enter(scene), .shown
        sim.faults.once("message/send", 45009)      # errcode, http=502, stall=5, closed="before"/"after"
        sim.callbacks.copies = 3                    # and hold(), release("shuffled"), lose, delay_seconds
        assert sim.complaints == []                 # every breach a well-behaved office never commits
        sim.delivered                               # all that reached people: to, api, msgid, words, at

`python -m tests.wecom_sim` runs it as a process, with people acting over HTTP (`control.py`).
"""

from tests.wecom_sim.server import WecomSim, running

__all__ = ["WecomSim", "running"]
