using Beam.AspNetCore.Pages;

namespace Beam.AspNetCore.Overview;

/// <summary>Beam's root in a browser: send a file, or open a channel. It also has the overview for people who may see it.</summary>
/// <param name="BaseUrl">Where people reach Beam.</param>
/// <param name="Root">How the page refers to Beam's root.</param>
/// <param name="AllowsOneShot">Whether a file can be sent in one command.</param>
/// <param name="OffersOverview">Whether a person who signs in may see more.</param>
internal sealed record LandingPage(string BaseUrl, string Root, bool AllowsOneShot, bool OffersOverview)
{
    /// <summary>The page for operators.</summary>
    /// <param name="overview">What the relay does now.</param>
    public Page RenderOverview(OverviewBody overview) => new(Texts.Of("overview.title"), $"""
        <h1 class="apart">{Texts.Of("overview.title")}</h1>
        {OverviewPart.Render(overview, Root)}
        """)
    { Script = "overview.js", IsWide = true };

    /// <summary>The page for everybody.</summary>
    /// <param name="overview">What the relay does now, with its parts for people who may see them.</param>
    public Page Render(OverviewBody overview) => new(Texts.Of("send.title"), $"""
        {SendPanel.Render(Texts.Of("send.title"), level: 1, channel: null)}<noscript><section class="card">
        <h1>{Texts.Of("send.title")}</h1><p>{Texts.Of("send.noScript")}</p></section></noscript>
        <section class="card"><h2>{Texts.Of("ask.title")}</h2>
        <p class="quiet">{Texts.Of("ask.text")}</p>
        <form method="post" action="{Root}token"><button>{Texts.Of("ask.open")}</button></form></section>
        <section class="card"><h2>{Texts.Of("curl.title")}</h2>
        {OneCommand()}<details><summary>{Texts.Of("curl.more")}</summary>
        <pre tabindex="0" role="group" aria-label="{Texts.Of("curl.more")}">
        {HelpText.Render(BaseUrl, AllowsOneShot)}</pre></details></section>
        {OverviewPart.Render(overview, Root)}{OverviewLink()}
        """)
    {
        Script = "send.js",
        IsWide = overview.Transfers is not null,
    };

    private Html OneCommand() => !AllowsOneShot ? Html.None : TerminalCommand.SendAtOnce(BaseUrl);

    private Html OverviewLink()
        => !OffersOverview ? Html.None : $"""<p class="small"><a href="?overview">{Texts.Of("overview.link")}</a></p>""";
}
