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
    // RFC 8673, section 2.2: a last position that says that nobody knows the last position yet. Numbers of scripts count up to here.
    private const long EndlessPosition = (1L << 53) - 1;

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

    /// <summary>Writes what is special about a part: 206, and where it lies. It says what was decided, whatever came later.</summary>
    public static void Write(HttpResponse response, TransferReceiver receiver)
    {
        if (receiver is { From: 0, IsPiece: false })
        {
            return;
        }

        response.StatusCode = StatusCodes.Status206PartialContent;

        // As long as the length is not known, a part goes on to the end of the file, wherever that will be. The grammar cannot say so, and
        // without a position clients do not resume. The chunked coding tells them where the end really is.
        var last = receiver.End - 1 ?? EndlessPosition;
        var length = receiver.Length?.ToString(CultureInfo.InvariantCulture) ?? "*";
        response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {receiver.From}-{last}/{length}");
    }

    /// <summary>Refuses a part that the relay does not hold, or whose beginning the receiver has not got from it.</summary>
    /// <remarks>
    /// <c>416</c> is only for what comes after the last byte. curl and wget take it for the word that they have the whole file, and end
    /// well: wget always, curl unless the answer has the length.
    /// </remarks>
    public static Task RefuseAsync(HttpContext context, TransferError error, long? from, TransferSnapshot transfer)
    {
        context.Response.Headers.ETag = $"\"{transfer.Id}\"";
        if (from >= transfer.Length)
        {
            WriteLength(context.Response, transfer.Length);
        }

        return Refusal.WriteAsync(context, Explain(error, from, transfer));
    }

    /// <summary>Refuses what comes after the last byte to a receiver that has not got the file from the relay.</summary>
    public static Task RefuseNothingAsync(HttpContext context, long? length)
    {
        WriteLength(context.Response, length);
        return Refusal.WriteAsync(context, AfterTheEnd(AnswerTable.ForReceiver(TransferError.NothingToResume)));
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

    private static Answer Explain(TransferError error, long? from, TransferSnapshot transfer)
    {
        var isAfterTheEnd = from >= transfer.Length;
        if (error == TransferError.NothingToResume)
        {
            var answer = AnswerTable.ForReceiver(error);
            return isAfterTheEnd ? AfterTheEnd(answer) : answer;
        }

        if (from is null)
        {
            return new Answer(StatusCodes.Status410Gone, "beginning_gone", "The beginning of the file is gone. " + Held(transfer.Held));
        }

        var status = isAfterTheEnd ? StatusCodes.Status416RangeNotSatisfiable
            : from < transfer.Held.From ? StatusCodes.Status410Gone
            : StatusCodes.Status409Conflict;
        return new Answer(status, "range_not_held", "The relay does not hold those bytes. " + Held(transfer.Held));
    }

    private static Answer AfterTheEnd(Answer answer) => answer with { Status = StatusCodes.Status416RangeNotSatisfiable };

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
