using Beam.AspNetCore.Pages;
using Beam.Transfers;

namespace Beam.AspNetCore.Status;

/// <summary>What a browser shows of a link to a file. Looking at the page claims nothing; the button does.</summary>
internal static class TransferPage
{
    // As a large headline, a longer name would fill a screen.
    private const int LongName = 48;

    /// <param name="name">The name of the file.</param>
    /// <param name="status">Where it stands; <see langword="null"/> when there is nothing under the name yet.</param>
    /// <param name="url">Its address.</param>
    /// <param name="mayReceive">Whether the token in the address allows receiving it.</param>
    public static Page Render(string name, TransferStatus? status, string url, bool mayReceive)
        => new(name, mayReceive ? Receiving(name, status, url) : Sending(name, status, url)) { Script = "transfer.js" };

    private static Html Receiving(string name, TransferStatus? status, string url)
    {
        var isOver = status?.Outcome is not null;
        return $"""
            <section class="card" data-transfer>
            {Head(Texts.Of("receive.kind"), name, status)}<div class="row"{Hidden(isOver)} data-while-open>
            <a href="?download" rel="nofollow" class="button primary big" data-download>{Texts.Of("download")}</a></div>
            <noscript><p class="quiet small">{Texts.Of("receive.scriptOff")}</p></noscript>
            </section>
            <div{Hidden(isOver)} data-while-open>
            <section class="card pair">
            <div class="stack"><h2>{Texts.Of("receive.terminal")}</h2>
            {TerminalCommand.Receive(url)}{TerminalCommand.ReceiveInPowerShell(url, name)}</div>
            <div class="stack"><h2>{Texts.Of("receive.device")}</h2>
            {QrCode.Inline(url, Texts.Of("receive.qr"))}</div>
            </section>
            </div>

            """;
    }

    private static Html Sending(string name, TransferStatus? status, string url) => $"""
        <section class="card" data-transfer>
        {Head(Texts.Of("link.sendOnly"), name, status)}</section>
        <section class="card"><h2>{Texts.Of("receive.terminal")}</h2>
        {TerminalCommand.Send(url)}</section>

        """;

    private static Html Head(string kind, string name, TransferStatus? status)
    {
        var (text, tone) = StateView.Of(status);
        return $"""
            <p class="kind">{kind}</p>
            <h1{(name.Length > LongName ? (Html)$" class=\"long\"" : Html.None)}><bdi>{name}</bdi></h1>
            <p class="quiet" data-size>{(status?.Transfer.Length is { } length ? ByteText.Of(length) : Texts.Of("unknownSize"))}</p>
            <p class="state" role="status" data-state data-tone="{tone}">{text}</p>
            <div data-progress hidden><progress max="1" value="0" aria-label="{Texts.Of("send.progress")}"></progress>
            <p class="numbers" data-numbers></p></div>

            """;
    }

    private static Html Hidden(bool isHidden) => isHidden ? $" hidden" : Html.None;
}
