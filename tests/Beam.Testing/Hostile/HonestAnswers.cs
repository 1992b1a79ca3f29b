using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Beam.Testing;

/// <summary>What Beam answers, in short. A hostile server begins with it, and then lies.</summary>
public static class HonestAnswers
{
    /// <summary>The token of every link.</summary>
    public const string Token = "0123456789abcdefghjkmnpqrs";

    /// <summary>The id of the only transfer.</summary>
    public const string TransferId = "a1b2c-3";

    /// <summary>The file that the server has for receivers, and that senders bring.</summary>
    public static byte[] File { get; } = TestBytes.Create(15, 5_000);

    private static string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(File));

    /// <summary>The answer to a request.</summary>
    /// <param name="request">The request.</param>
    public static HostileAnswer To(HostileRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request.Kind switch
        {
            HostileRequestKind.Mint => Json(
                $$"""
                {"token":"{{Token}}","rights":["send","receive"],"expiresAt":"2099-01-01T00:00:00Z","url":"{{request.Server}}{{Token}}"}
                """),
            HostileRequestKind.Limits => HostileAnswer.Of("204 No Content", [], ("Upload-Limit", "max-append-size=100000")),
            HostileRequestKind.Status => Json(Status),
            HostileRequestKind.Events => HostileAnswer.Of(
                "200 OK",
                Encoding.UTF8.GetBytes($"event: outcome\ndata: {Status}\n\n"),
                ("Content-Type", "text/event-stream")),
            HostileRequestKind.Head => WithFile("200 OK") with { Body = [] },
            HostileRequestKind.Download => Download(request),
            HostileRequestKind.Upload => Json(
                $$"""
                {"outcome":"confirmed","bytes":{{File.Length}},"sha256":"{{Sha256}}",
                "receivers":[{"outcome":"confirmed","bytes":{{File.Length}}}]}
                """),
            _ => HostileAnswer.Of("204 No Content", []).With("Content-Length"),
        };
    }

    private static string Status => $$"""
        {"name":"file","state":"finished","bytesReceived":{{File.Length}},"bytesSent":{{File.Length}},"length":{{File.Length}},
        "receivers":[],"startedAt":"2026-01-01T00:00:00Z","outcome":"confirmed","sha256":"{{Sha256}}"}
        """.ReplaceLineEndings("");

    private static HostileAnswer Json(string json)
        => HostileAnswer.Of("200 OK", Encoding.UTF8.GetBytes(json), ("Content-Type", "application/json"));

    private static HostileAnswer WithFile(string status) => HostileAnswer.Of(
        status,
        File,
        ("Content-Type", "application/octet-stream"),
        ("Content-Disposition", "attachment; filename=file"),
        ("ETag", $"\"{TransferId}\""),
        ("Upload-Complete", "?1"),
        ("Repr-Digest", $"sha-256=:{Convert.ToBase64String(SHA256.HashData(File))}:"));

    private static HostileAnswer Download(HostileRequest request)
    {
        if (request.Field("Range") is not { } range
            || !int.TryParse(range["bytes=".Length..].TrimEnd('-'), NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            || from >= File.Length)
        {
            return WithFile("200 OK");
        }

        var field = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{File.Length - 1}/{File.Length}");
        return WithFile("206 Partial Content").With("Content-Range", field).WithBody(File[from..]);
    }
}
