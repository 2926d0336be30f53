"""Whether it lives, whether it takes updates, and figures for this machine alone."""

import pytest

from bot.http.app import guarded_app
from bot.web.health import health_routes


async def test_readiness_follows_the_truth(aiohttp_client):
    ready = [False]
    app = guarded_app(https=False)
    app.add_routes(health_routes(lambda: ready[0]))
    client = await aiohttp_client(app)
    assert (await client.get("/healthz")).status == 200
    assert (await client.get("/readyz")).status == 503
    ready[0] = True
    assert (await client.get("/readyz")).status == 200


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "Via", "X-Forwarded-Host"])
async def test_figures_are_not_for_those_behind_a_proxy(house, header):
    browser = house.browser()
    figures = await browser.get("/metrics")
    assert figures.status == 200
    assert "vouch_updates" in await figures.text()
    assert (await browser.get("/metrics", headers={header: "127.0.0.1"})).status == 404
