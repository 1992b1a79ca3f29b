using System.Globalization;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Fields;

/// <summary>The header fields of resumable uploads: structured booleans and integers (RFC 9651).</summary>
internal static class UploadFields
{
    public const string Complete = "Upload-Complete";
    public const string Offset = "Upload-Offset";
    public const string Length = "Upload-Length";
    public const string AcceptPatch = "Accept-Patch";

    /// <summary>Reads a boolean; <see langword="null"/> when the field is absent.</summary>
    /// <returns>
    /// <see langword="false"/> when it is not a boolean. The draft wants servers to ignore such a field, but then a piece would pass for
    /// the whole file.
    /// </returns>
    public static bool TryReadBoolean(HttpRequest request, string name, out bool? value)
    {
        var text = Item(request, name);
        value = text switch { "?1" => true, "?0" => false, _ => null };
        return value is not null || text is null;
    }

    /// <summary>Reads an integer that is not negative; <see langword="null"/> when the field is absent.</summary>
    /// <returns><see langword="false"/> when it is something else.</returns>
    public static bool TryReadInteger(HttpRequest request, string name, out long? value)
    {
        var text = Item(request, name);
        value = DeclaredNumber.TryParse(text, out var number) ? number : null;
        return value is not null || text is null;
    }

    /// <summary>Writes where an upload stands.</summary>
    public static void Write(HttpContext context, long offset, bool isComplete, long? length = null)
    {
        var headers = context.Response.Headers;
        headers[Offset] = offset.ToString(CultureInfo.InvariantCulture);
        headers[Complete] = isComplete ? "?1" : "?0";
        if (length is not null)
        {
            headers[Length] = length.Value.ToString(CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Writes how large a file and a piece may be, and how long a sender may stay away.</summary>
    public static void WriteLimits(HttpContext context)
    {
        var options = context.RequestServices.GetRequiredService<IOptions<BeamOptions>>().Value;
        var http = context.RequestServices.GetRequiredService<IOptions<BeamHttpOptions>>().Value;
        List<string> limits = [];
        Add("max-size", options.MaxTransferBytes);
        Add("max-append-size", http.MaxAppendBytes);
        Add("max-age", options.ResumeTimeout > TimeSpan.Zero ? (long)options.ResumeTimeout.TotalSeconds : null);
        if (limits.Count > 0)
        {
            context.Response.Headers["Upload-Limit"] = string.Join(", ", limits);
        }

        void Add(string key, long? value)
        {
            if (value is not null)
            {
                // A field has no larger integers (RFC 9651), and no file is larger.
                var most = Math.Min(value.Value, TransferDescription.LargestLength);
                limits.Add(string.Create(CultureInfo.InvariantCulture, $"{key}={most}"));
            }
        }
    }

    /// <summary>The bare item of a field, without the parameters that it may have.</summary>
    private static string? Item(HttpRequest request, string name)
    {
        var text = request.Headers[name].ToString();
        return request.Headers.ContainsKey(name) ? text.Split(';')[0].Trim(' ') : null;
    }
}
