"""Processes are killed at every named point and at moments of chance; then everything must add up."""

from benchmarks.drill import histories, ledgers, plan
from benchmarks.drill.entering import Entering
from benchmarks.drill.ground import packs
from benchmarks.drill.histories import History
from benchmarks.drill.payday import Payday
from benchmarks.drill.run import Task
from benchmarks.drill.world import World, standing, wait_until
from benchmarks.goals import Figures
from benchmarks.report import say
from benchmarks.site import FORKING

#: killed jobs come back after a minute of silence; what hangs behind them gets this long in all
SETTLE_S = 300
WORK = """
    SELECT count(*) FROM procrastinate_jobs
    WHERE status = 'doing' OR (status = 'todo' AND (scheduled_at IS NULL OR scheduled_at < now())
        AND task_name NOT LIKE '%%.build%%')
"""


def drill(task: Task, figures: Figures) -> None:
    with standing(task.folder, task.url, task.settings, server=FORKING) as world:
        goods = packs()
        payday, entering = Payday(world), Entering(world)
        payday.earn()
        entering.earn()
        wanted = plan.kills(task.kills, task.seed)
        walked = [
            History(world, kill, [goods[number % len(goods)], goods[(number + 3) % len(goods)]], number)
            for number, kill in enumerate(kill for kill in wanted if kill.kind not in plan.BY_HAND)
        ]
        for history in walked:
            history.run()
            say(f"  {history.number + 1} of {len(walked)}: {history.kill}{'' if history.fell else ' …'}")
        payday.pay([kill.point for kill in wanted if kill.kind == "paid out"])
        entering.enter([kill.point for kill in wanted if kill.kind == "entered"])
        looked_up: list[int] = []
        settled = wait_until(lambda: _is_quiet(world, walked, looked_up), seconds=SETTLE_S, pause_s=2)
        figures.put("kills: refunds that a person looked up at the gateway", sum(looked_up))
        say(f"  settled after {settled} s")
        _judge(world, walked, payday, entering, figures)


def _is_quiet(world: World, walked: list[History], looked_up: list[int]) -> bool:
    histories.let_time_pass()
    looked_up.append(histories.look_up(world))
    return all(each.broken or each.has_ended() for each in walked) and not world.ask(WORK)[0][0]


def _judge(world: World, walked: list[History], payday: Payday, entering: Entering, figures: Figures) -> None:
    by_hand = (payday, entering)
    named = [each for each in walked if each.kill.point]
    missed = [str(each.kill) for each in named if not each.fell]
    missed += [point for each in by_hand for point in each.missed]
    troubles = [trouble for each in walked if (trouble := each.trouble())]
    troubles += [trouble for each in by_hand for trouble in each.troubles()]
    sent = {ref: vnd for each in walked for ref, vnd in each.transfers.items()}
    sent |= entering.transfers
    money = ledgers.of_money(world) + ledgers.of_transfers(sent)
    goods, books, doing = ledgers.of_stock(), ledgers.of_books(), ledgers.jobs_doing(world)
    killed = sum(each.fell for each in walked) + sum(each.killed for each in by_hand)
    put = figures.put
    put("kills: processes killed", killed)
    put("kills: named points passed over", len(missed), wrong=missed)
    put("kills: orders lost or doubled", len(troubles), wrong=troubles)
    put("kills: money counted otherwise than the gateways do", len(money), wrong=money)
    put("kills: goods lost or doubled", len(goods), wrong=goods)
    put("kills: breaks of the books", len(books), wrong=books)
    put("kills: slowest message from stored to applied", ledgers.slowest_message_s())
    put("kills: longest from a job's death to its end", ledgers.longest_dead_job_s(world))
    put("kills: jobs left doing", len([name for name, age_s in doing if age_s > 60]))
