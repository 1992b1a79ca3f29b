using System.Text.Json;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Pages;
using Beam.AspNetCore.Requests;
using Beam.AspNetCore.Sending;
using Beam.AspNetCore.Status;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.OneShot;

/// <summary>The lines of the answer to a file that comes without a token: text or, for clients that accept JSON, JSON.</summary>
internal sealed class OneShotLines(HttpRequest request)
{
    private readonly bool _isJson = Accepts.Json(request);

    public string ContentType => _isJson ? "application/x-ndjson" : "text/plain; charset=utf-8";

    /// <summary>Where to receive. The first line is only the address.</summary>
    public string Begin(OneShotBody body) => _isJson
        ? JsonSerializer.Serialize(body, OneShotJson.Default.OneShotBody) + "\n"
        : $"""
            {body.Url}
            # Receive it with:
            # curl --fail -OJ '{body.Url}'
            # Waiting for the receiver. Stop this command to cancel.

            """;

    public string Progress(TransferStatus status) => _isJson
        ? JsonSerializer.Serialize(TransferStatusBody.Of(status), StatusJson.Default.TransferStatusBody) + "\n"
        : $"# {StateNames.Of(status.Transfer.State).Replace('-', ' ')}, "
            + $"{ByteText.Of(status.Transfer.BytesSent)}{Total(status.Transfer)} sent\n";

    public string Delivered(TransferOutcome outcome)
    {
        var receipt = Receipt.Of(outcome);
        return _isJson ? JsonSerializer.Serialize(receipt, SendingJson.Default.Receipt) + "\n" : receipt.ToLine();
    }

    public string Failed(Answer answer) => _isJson
        ? JsonSerializer.Serialize(Problem.Of(answer), AnswersJson.Default.Problem) + "\n"
        : $"failed: {answer.Reason}\n";

    private static string Total(TransferSnapshot transfer) => transfer.Length is { } length ? " of " + ByteText.Of(length) : "";
}
