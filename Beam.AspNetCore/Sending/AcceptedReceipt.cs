using System.Globalization;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Pages;
using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Sending;

/// <summary>The answer to a hand-in: how much the relay holds, and until when.</summary>
internal sealed record AcceptedReceipt(string Outcome, long Bytes, DateTimeOffset ExpiresAt)
{
    public static async Task WriteAsync(HttpContext context, long bytes, DateTimeOffset expiresAt)
    {
        var response = context.Response;
        response.StatusCode = StatusCodes.Status202Accepted;
        response.Headers.CacheControl = "no-store";
        AsyncPreference.NoteApplied(response);
        if (Accepts.Json(context.Request))
        {
            await response.WriteAsJsonAsync(
                new AcceptedReceipt("accepted", bytes, expiresAt),
                SendingJson.Default.AcceptedReceipt,
                cancellationToken: context.RequestAborted);
            return;
        }

        var line = string.Create(
            CultureInfo.InvariantCulture,
            $"accepted: {bytes} bytes, held for their receiver until {expiresAt:yyyy-MM-dd'T'HH:mm:ss'Z'}\n");
        await TextResponse.WriteAsync(context, line);
    }
}
