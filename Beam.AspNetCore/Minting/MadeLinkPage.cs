using Beam.AspNetCore.Pages;
using Beam.Tokens;

namespace Beam.AspNetCore.Minting;

/// <summary>What a browser shows of a link that a person has just made in a channel.</summary>
internal static class MadeLinkPage
{
    /// <param name="rights">What the link allows.</param>
    /// <param name="url">The link.</param>
    /// <param name="channel">How the page refers to the channel.</param>
    public static Page Render(TokenRights rights, string url, string channel)
    {
        var key = rights.HasFlag(TokenRights.Receive) ? "made.receive" : "made.send";
        return new Page(Texts.Of(key + "Title"), $"""
            <section class="card pair"><div class="stack"><h1>{Texts.Of(key + "Title")}</h1>
            <p class="quiet">{Texts.Of(key + "Hint")}</p>
            {TerminalCommand.Show(Texts.Of(key + "Title"), "made-link", url)}<p><a href="{channel}">{Texts.Of("made.back")}</a></p></div>
            {QrCode.Inline(url, Texts.Of("made.qr"))}</section>

            """)
        { Script = "copy.js" };
    }
}
