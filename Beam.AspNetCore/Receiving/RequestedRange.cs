using System.Globalization;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.Buffering;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Beam.AspNetCore.Receiving;

/// <summary>Which part of a file a receiver asks for (RFC 9110, section 14), and what the answer says of the part that it gets.</summary>
internal static class RequestedRange
{
    /// <summary>Adds the range to the terms. A client whose range the relay ignores gets the whole file with 200.</summary>
    /// <returns><see langword="false"/> when no file reaches to where the range begins.</returns>
    public static bool TryRead(HttpRequest request, ref ReceiveTerms terms)
    {
        if (!DeclaredRange.TryReadWanted(request, out var from, out var end))
        {
            return false;
        }

        terms = from is null ? terms : terms with { From = from, To = end, TransferId = TransferId(request) };
        return true;
    }

    /// <summary>Writes what is special about a part: 206, and where it lies.</summary>
    public static void Write(HttpResponse response, TransferReceiver receiver, bool isPart)
    {
        if (!isPart)
        {
            return;
        }

        response.StatusCode = StatusCodes.Status206PartialContent;

        // The grammar cannot say that the end is unknown. Clients accept a last position that no file reaches, and the chunked coding tells
        // them where the end really is.
        var last = (receiver.End ?? long.MaxValue) - 1;
        var length = receiver.Length?.ToString(CultureInfo.InvariantCulture) ?? "*";
        response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {receiver.From}-{last}/{length}");
    }

    /// <summary>Refuses a part that the relay does not hold, and says what it holds.</summary>
    public static Task RefuseAsync(HttpContext context, bool isPart, TransferSnapshot transfer)
    {
        context.Response.Headers.ETag = $"\"{transfer.Id}\"";
        if (!isPart)
        {
            return Refusal.WriteAsync(
                context,
                StatusCodes.Status410Gone,
                "The beginning of the file is gone. " + Held(transfer.Held),
                "beginning_gone");
        }

        WriteLength(context.Response, transfer.Length);
        return Refusal.WriteAsync(
            context,
            StatusCodes.Status416RangeNotSatisfiable,
            "The relay does not hold those bytes. " + Held(transfer.Held),
            "range_not_held");
    }

    /// <summary>Tells a client that asks for what comes after the last byte that it has everything.</summary>
    public static Task WriteNothingLeftAsync(HttpContext context, long? length)
    {
        WriteLength(context.Response, length);
        return Refusal.WriteAsync(context, StatusCodes.Status416RangeNotSatisfiable, "You have the whole file.", "complete");
    }

    private static void WriteLength(HttpResponse response, long? length)
    {
        if (length is not null)
        {
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{length}");
        }
    }

    private static string Held(HeldRange held)
        => string.Create(CultureInfo.InvariantCulture, $"Resume at an offset from {held.From} to {held.To}.");

    /// <summary>The transfer that <c>If-Range</c> names. A date, or a weak tag, matches none.</summary>
    private static string? TransferId(HttpRequest request)
    {
        var text = request.Headers.IfRange.ToString();
        if (text.Length == 0)
        {
            return null;
        }

        return EntityTagHeaderValue.TryParse(text, out var tag) && !tag.IsWeak ? tag.Tag.ToString().Trim('"') : "";
    }
}
