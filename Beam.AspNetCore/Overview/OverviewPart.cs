using System.Globalization;
using Beam.AspNetCore.Pages;

namespace Beam.AspNetCore.Overview;

/// <summary>What the relay does now: totals for everybody, transfers and tokens by short id for people who may see them.</summary>
internal static class OverviewPart
{
    private const int Minute = 60;
    private const int Hour = 3600;

    public static Html Render(OverviewBody overview, string root) => $"""
        <section class="card" data-overview><h2>{Texts.Of("overview.now")}</h2>
        <dl class="totals">
        <div><dt>{Texts.Of("overview.active")}</dt><dd data-total="activeTransfers">{overview.ActiveTransfers}</dd></div>
        <div><dt>{Texts.Of("overview.tokensLive")}</dt><dd data-total="liveTokens">{overview.LiveTokens}</dd></div>
        {Total("memory", overview.MemoryUsedBytes, overview.MemoryBudgetBytes)}
        {(overview.DiskBudgetBytes == 0 ? Html.None : Total("disk", overview.DiskUsedBytes, overview.DiskBudgetBytes))}
        </dl>
        {(overview.IsDraining ? (Html)$"<p class=\"state\" data-tone=\"bad\">{Texts.Of("overview.draining")}</p>" : Html.None)}</section>
        {(overview.Transfers is { } transfers ? Transfers(transfers, overview.ActiveTransfers, root) : Html.None)}
        {(overview.Tokens is { } tokens ? Tokens(tokens, overview.LiveTokens) : Html.None)}
        """;

    /// <summary>A time for people.</summary>
    public static string Age(double seconds) => seconds switch
    {
        < Minute => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < Hour => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / Minute} min {(int)seconds % Minute} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)seconds / Hour} h {(int)seconds % Hour / Minute} min"),
    };

    private static Html Total(string name, long used, long budget) => $"""
        <div><dt>{Texts.Of("overview." + name)}</dt><dd data-total="{name}">{Use(used, budget)}</dd></div>
        """;

    private static Html Use(long used, long budget) => $"{ByteText.Of(used)} <small>{Texts.Of("send.of")} {ByteText.Of(budget)}</small>";

    private static Html Transfers(IReadOnlyList<OverviewTransfer> transfers, int all, string root) => $"""
        <section class="card" data-overview-transfers><h2>{Texts.Of("overview.transfers")}</h2>
        <p class="quiet" data-none{Hidden(transfers.Count > 0)}>{Texts.Of("overview.none")}</p>
        <p class="quiet" data-oldest{Hidden(transfers.Count >= all)}>{Texts.Of("overview.oldest")}</p>
        {Table(
            ["id", "token", "state", "in", "out", "length", "rate", "age", "action"],
            firstNumber: 3,
            transfers.Select(transfer => Row(transfer, root)),
            isEmpty: transfers.Count == 0)}</section>
        """;

    private static Html Row(OverviewTransfer transfer, string root) => $"""
        <tr data-id="{transfer.Id}"><td><code>{transfer.Id}</code></td><td><code>{transfer.TokenId}</code></td><td>{transfer.State}</td>
        <td class="number">{ByteText.Of(transfer.BytesReceived)}</td>
        <td class="number">{ByteText.Of(transfer.BytesSent)}</td>
        <td class="number">{(transfer.Length is { } length ? ByteText.Of(length) : "?")}</td>
        <td class="number">{ByteText.Of((long)transfer.BytesPerSecond)}/s</td>
        <td class="number">{Age(transfer.AgeSeconds)}</td>
        <td class="number"><form method="post" action="{root}-/transfers/{transfer.Id}">
        <button class="slim danger" aria-label="{Texts.Of("cancel")} {transfer.Id}">{Texts.Of("cancel")}</button></form></td></tr>

        """;

    private static Html Tokens(IReadOnlyList<OverviewToken> tokens, int all) => $"""
        <section class="card"><h2>{Texts.Of("overview.tokens")}</h2>
        <p class="quiet"{Hidden(tokens.Count >= all)}>{Texts.Of("overview.soonest")}</p>
        {(tokens.Count == 0 ? (Html)$"<p class=\"quiet\">{Texts.Of("overview.noTokens")}</p>" : Html.None)}{Table(
            ["id", "rights", "expires", "uses"],
            firstNumber: 3,
            tokens.Select(static token => (Html)$"""
                <tr><td><code>{token.Id}</code></td><td>{string.Join(", ", token.Rights)}</td>
                <td>{token.ExpiresAt.ToString("u", CultureInfo.InvariantCulture)}</td>
                <td class="number">{token.UsesLeft?.ToString(CultureInfo.InvariantCulture) ?? Texts.Of("overview.any")}</td></tr>

                """),
            isEmpty: tokens.Count == 0)}</section>

        """;

    private static Html Table(string[] columns, int firstNumber, IEnumerable<Html> rows, bool isEmpty) => $"""
        <div class="scroll"{Hidden(isEmpty)} tabindex="0" role="group" aria-label="{Texts.Of("overview.title")}">
        <table><thead><tr>{columns.Select((column, index) => Head(column, index >= firstNumber))}</tr></thead>
        <tbody>{rows}</tbody></table></div>
        """;

    private static Html Head(string column, bool isNumber)
        => $"<th scope=\"col\"{(isNumber ? (Html)$" class=\"number\"" : Html.None)}>{Texts.Of("overview." + column)}</th>";

    private static Html Hidden(bool isHidden) => isHidden ? $" hidden" : Html.None;
}
