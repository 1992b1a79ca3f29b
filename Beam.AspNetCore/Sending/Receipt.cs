using System.Globalization;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Pages;
using Beam.AspNetCore.Requests;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Beam.AspNetCore.Sending;

/// <summary>The answer to a sender whose file was delivered.</summary>
internal sealed record Receipt(string Outcome, long Bytes, IReadOnlyList<ReceiverReceipt> Receivers, double Seconds, string? Sha256)
{
    public static Receipt Of(TransferOutcome outcome)
    {
        var receivers = outcome.Receivers.Select(ReceiverReceipt.Of);
        var seconds = Math.Round(outcome.Duration.TotalSeconds, 3);
        return new Receipt(StateNames.Of(outcome.Delivery), outcome.Bytes, [.. receivers], seconds, Hex(outcome.Sha256));
    }

    public string ToLine() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Outcome}: {Bytes} bytes to {Receivers.Count} receiver{(Receivers.Count == 1 ? "" : "s")} in {Seconds:0.0##} s"
            + $"{(Sha256 is null ? "" : ", sha256 " + Sha256)}\n");

    /// <summary>A digest in the form that people compare.</summary>
    public static string? Hex(ReadOnlyMemory<byte>? sha256) => sha256 is { } digest ? Convert.ToHexStringLower(digest.Span) : null;

    /// <summary>Answers with the receipt of a transfer: a line or, for clients that accept it, JSON or a page.</summary>
    public static Task WriteAsync(HttpContext context, TransferOutcome outcome)
    {
        var receipt = Of(outcome);
        var response = context.Response;
        response.Headers.CacheControl = "no-store";
        if (Accepts.Json(context.Request))
        {
            return response.WriteAsJsonAsync(receipt, SendingJson.Default.Receipt, cancellationToken: context.RequestAborted);
        }

        if (Accepts.Html(context.Request) && PagePlace.FindRoot(context) is { } root)
        {
            return ReceiptPage.Render(receipt, $"{root}{context.GetRouteValue("token")}").WriteAsync(context);
        }

        return TextResponse.WriteAsync(context, receipt.ToLine());
    }
}
