using Beam.AspNetCore.Pages;
using Beam.AspNetCore.Status;

namespace Beam.AspNetCore.Channels;

/// <summary>
/// What a browser shows of a token. With the right to receive: what waits and what has ended. With the right to send: where to send.
/// </summary>
internal static class ChannelPage
{
    private const string Files = "channel.formFiles";

    /// <param name="channel">The channel as the token's holder may see it.</param>
    /// <param name="url">The address of the page.</param>
    /// <param name="root">How the page refers to Beam's root.</param>
    /// <param name="token">The token in the page's address.</param>
    public static Page Render(ChannelBody channel, string url, string root, string token)
    {
        var self = root + token;
        var maySend = channel.Rights.Contains("send");
        var mayReceive = channel.Rights.Contains("receive");
        return mayReceive ? Receiving(channel, url, self, maySend ? token : null) : Requesting(url, self, token);
    }

    /// <summary>What the holder of a link for sending sees.</summary>
    private static Page Requesting(string url, string self, string token) => new(Texts.Of("link.sendOnly"), $"""
        {Sending(Texts.Of("link.sendOnly"), level: 1, self, token, Texts.Of("link.sendOnlyHint"))}
        <section class="card pair"><div class="stack"><h2>{Texts.Of("channel.otherWays")}</h2>
        {TerminalCommand.Send(url + "/")}{TerminalCommand.Show(Texts.Of("channel.page"), "channel-link", url)}</div>
        {QrCode.Inline(url, Texts.Of("channel.qr"))}</section>

        """)
    { Script = "channel.js" };

    /// <summary>What the holder of a token that may receive sees; with <paramref name="sendsWith"/> also where to send.</summary>
    private static Page Receiving(ChannelBody channel, string url, string self, string? sendsWith) => new(Texts.Of("channel.title"), $"""
        <section class="card pair"><div class="stack"><h1>{Texts.Of("channel.title")}</h1>
        <p class="quiet">{Texts.Of(sendsWith is null ? "channel.introReceive" : "channel.intro")}</p>
        {TerminalCommand.Show(Texts.Of("channel.page"), "channel-link", url)}</div>
        {QrCode.Inline(url, Texts.Of("channel.qr"))}</section>
        {Contents(channel.Transfers ?? [], channel.Recent ?? [], self)}{(sendsWith is null ? Html.None : SendingAndLinks(self, sendsWith))}
        <section class="card"><h2>{Texts.Of("receive.terminal")}</h2>
        {(sendsWith is null ? Html.None : TerminalCommand.Send(url + "/"))}{TerminalCommand.Receive(url)}</section>

        """)
    { Script = "channel.js" };

    private static Html Contents(IReadOnlyList<TransferStatusBody> transfers, IReadOnlyList<TransferStatusBody> recent, string self) => $"""
        <section class="card" data-channel="{self}"><h2>{Texts.Of("channel.waits")}</h2>
        <p class="quiet" data-nothing{Hidden(transfers.Count > 0)}>{Texts.Of("channel.nothingScriptOff")}</p>
        {Table("data-transfers", transfers, self, isLinked: true)}</section>
        <section class="card" data-went{Hidden(recent.Count == 0)}><h2>{Texts.Of("channel.went")}</h2>
        {Table("data-recent", recent, self, isLinked: false)}</section>

        """;

    private static Html Table(string marker, IReadOnlyList<TransferStatusBody> transfers, string self, bool isLinked) => $"""
        <table {marker}{Hidden(transfers.Count == 0)}><thead><tr>
        <th scope="col">{Texts.Of("channel.name")}</th>
        <th scope="col">{Texts.Of("channel.state")}</th>
        <th scope="col" class="number">{Texts.Of("channel.size")}</th>
        </tr></thead>
        <tbody>{transfers.Select(transfer => Row(transfer, self, isLinked))}</tbody></table>
        """;

    private static Html Row(TransferStatusBody transfer, string self, bool isLinked)
    {
        Html name = $"<bdi>{transfer.Name}</bdi>";
        var state = Texts.Of(transfer.Outcome is { } outcome ? "channel.outcome." + outcome : "channel.state." + transfer.State);
        var size = transfer.Length is { } length ? ByteText.Of(length) : "?";
        return $"""
            <tr><td class="name">{(isLinked ? $"<a href=\"{self}/{Uri.EscapeDataString(transfer.Name)}\">{name}</a>" : name)}</td>
            <td>{state}</td><td class="number">{size}</td></tr>

            """;
    }

    private static Html SendingAndLinks(string self, string token)
        => $"{Sending(Texts.Of("channel.send"), level: 2, self, token, hint: null)}{Links(self)}";

    private static Html Sending(string title, int level, string self, string token, string? hint) => $"""
        {SendPanel.Render(title, level, token, hint)}<noscript><section class="card">{SendPanel.Heading(title, level)}
        {(hint is null ? Html.None : (Html)$"<p class=\"quiet\">{hint}</p>")}{Form(self, "channel.formFile", "")}
        {Form(self + "?bundle=zip", Files, " multiple")}<p class="quiet small">{Texts.Of("channel.formHint")}</p></section></noscript>
        """;

    private static Html Form(string action, string label, string multiple) => $"""
        <form class="stack" method="post" enctype="multipart/form-data" action="{action}">
        <label for="{label}">{Texts.Of(label)}</label>
        <input type="file" id="{label}" name="file" required{multiple}>
        <button>{Texts.Of("channel.formSend")}</button></form>

        """;

    private static Html Links(string self) => $"""
        <section class="card"><h2>{Texts.Of("channel.links")}</h2>
        <p class="quiet">{Texts.Of("channel.linkHint")}</p>
        <div class="row"><form method="post" action="{self}/-/token?rights=send"><button>{Texts.Of("channel.linkSend")}</button></form>
        <form method="post" action="{self}/-/token?rights=receive"><button>{Texts.Of("channel.linkReceive")}</button></form>
        <button type="button" class="danger" data-close="{self}" hidden>{Texts.Of("channel.close")}</button></div>
        <p class="state" role="status" data-closed data-tone="idle" hidden></p></section>

        """;

    private static Html Hidden(bool isHidden) => isHidden ? $" hidden" : Html.None;
}
