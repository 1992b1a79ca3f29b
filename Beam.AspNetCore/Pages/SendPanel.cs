namespace Beam.AspNetCore.Pages;

/// <summary>
/// Where a person chooses or drops files, and then sees how they are sent. Scripts bring it to life; without scripts it stays hidden.
/// </summary>
internal static class SendPanel
{
    /// <param name="title">The headline.</param>
    /// <param name="level">The headline's level: 1 on a page of its own.</param>
    /// <param name="channel">The token of the channel to send to; <see langword="null"/> to mint a token.</param>
    /// <param name="hint">What else there is to say; <see langword="null"/> for nothing.</param>
    public static Html Render(string title, int level, string? channel, string? hint = null) => $"""
        <section class="card" hidden data-send{(channel is null ? Html.None : (Html)$" data-send-to=\"{channel}\"")}>
        {Heading(title, level)}{(hint is null ? Html.None : (Html)$"<p class=\"quiet\">{hint}</p>")}
        <div class="drop" data-drop>
        <strong>{Texts.Of("send.drop")}</strong>
        <p class="quiet small">{Texts.Of("send.or")}</p>
        <div class="row"><button type="button" class="primary" data-choose-files>{Texts.Of("send.files")}</button>
        <button type="button" data-choose-folder>{Texts.Of("send.folder")}</button></div>
        <p class="quiet small">{Texts.Of("send.hint")}</p>
        <input type="file" multiple hidden data-files aria-label="{Texts.Of("send.files")}">
        <input type="file" webkitdirectory hidden data-folder aria-label="{Texts.Of("send.folder")}">
        </div>
        <div class="card-part" data-running hidden>
        <p><strong class="name"><bdi data-name></bdi></strong> <span class="quiet" data-size></span></p>
        <div class="pair" data-share hidden>
        <div class="stack"><h2>{Texts.Of("send.link")}</h2>
        <div class="command"><code id="share-link" data-link tabindex="0" role="group" aria-label="{Texts.Of("send.link")}"></code>
        <button type="button" class="slim" data-copy="share-link">{Texts.Of("copy")}</button></div>
        <p class="quiet small">{Texts.Of("send.linkHint")}</p></div>
        <img class="qr" data-qr alt="{Texts.Of("send.qr")}">
        </div>
        <p class="state" role="status" data-state data-tone="idle"></p>
        <div data-progress hidden><progress max="1" value="0" aria-label="{Texts.Of("send.progress")}"></progress>
        <p class="numbers" data-numbers></p></div>
        <div class="row"><button type="button" data-pause hidden>{Texts.Of("pause")}</button>
        <button type="button" data-cancel hidden>{Texts.Of("cancel")}</button>
        <button type="button" data-retry hidden>{Texts.Of("retry")}</button>
        <button type="button" class="primary" data-another hidden>{Texts.Of("another")}</button></div>
        </div>
        </section>

        """;

    /// <summary>A headline.</summary>
    public static Html Heading(string title, int level) => level == 1 ? (Html)$"<h1>{title}</h1>" : $"<h2>{title}</h2>";
}
