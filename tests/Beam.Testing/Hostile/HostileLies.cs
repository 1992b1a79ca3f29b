using System.Globalization;
using System.Text;

namespace Beam.Testing;

/// <summary>Every lie that a hostile server tells: one for each field and value, each status, each manner of sending.</summary>
public static class HostileLies
{
    private static readonly string[] Statuses =
    [
        "101 Switching Protocols", "199 Odd", "200 OK", "201 Created", "202 Accepted", "203 Other", "204 No Content", "205 Reset",
        "206 Partial Content", "226 Used", "299 Odd", "300 Choices", "304 Not Modified", "399 Odd", "400 Bad", "401 Unauthorized",
        "402 Pay", "403 Forbidden", "404 Not Found", "405 No", "407 Proxy", "408 Timeout", "409 Conflict", "410 Gone", "411 Length",
        "412 Failed", "413 Large", "415 Type", "416 Range", "417 Expect", "418 Tea", "421 Other", "425 Early", "426 Upgrade", "428 Need",
        "429 Many", "431 Fields", "451 Law", "499 Odd", "500 Error", "501 No", "502 Bad", "503 Busy", "504 Timeout", "505 Version",
        "507 Room", "511 Login", "599 Odd", "600 None", "999 None", "000 None", "-1 None", "abc None", "",
    ];

    private static readonly string[] Redirections = ["301", "302", "303", "307", "308"];

    private static readonly (string Field, string[] Values)[] Fields =
    [
        ("Content-Length", ["-1", "0", "1", "4999", "5001", "9223372036854775807", "18446744073709551616", "abc", "", "5000, 1"]),
        ("Transfer-Encoding", ["chunked", "gzip", "identity", "chunked, chunked", "x"]),
        ("Content-Range",
        [
            "bytes 0-4999/5000", "bytes 0-3/4", "bytes 5-9/*", "bytes */0", "bytes */*", "bytes 9-5/10", "bytes -5--1/4", "lines 0-4/5",
            "bytes 9223372036854775806-9223372036854775807/*", "x",
        ]),
        ("ETag",
        [
            "", "\"\"", "\"", "W/\"a1b2c-3\"", "\"other-1\"", "\"../../x\"", "\"" + new string('a', 5_000) + "\"", "*", "a",
            "\"a\", \"b\"",
        ]),
        ("Content-Disposition",
        [
            "", "attachment", "attachment; filename=", "attachment; filename=..", "attachment; filename=../../outside",
            "attachment; filename=/etc/outside", "attachment; filename=\"..\\\\outside\"", "attachment; filename=.bash_profile",
            "attachment; filename=-rf", "attachment; filename=CON", "attachment; filename=a:b", "attachment; filename*=UTF-8''%00",
            "attachment; filename*=UTF-8''a%2Fb", "attachment; filename*=UTF-8''..%2F..%2Foutside", "attachment; filename*=UTF-8''%1b%5b2J",
            "attachment; filename*=UTF-8''%E2%80%AEx", "attachment; filename*=UTF-8''%ff%fe", "attachment; filename*=UTF-16''x",
            "attachment; filename=" + new string('a', 10_000), "inline; filename=\"a\";;;; filename=b", "=?x", "\"",
        ]),
        ("Content-Type",
            ["", "text/html", "application/x-tar", "text/event-stream", "application/problem+json", "x", "a/b; c", new string('a', 5_000)]),
        ("Content-Encoding", ["gzip", "br", "deflate", "identity", "x, y", new string('a', 5_000)]),
        ("Repr-Digest", ["", "sha-256=::", "sha-256=:AAAA:", "sha-256=:!:", "sha-256", "sha-512=:AAAA:", new string(',', 5_000)]),
        ("Upload-Offset", ["0", "1", "4999", "5001", "-1", "9223372036854775807", "18446744073709551616", "abc", ""]),
        ("Upload-Complete", ["?0", "?1", "1", ""]),
        ("Upload-Limit",
            ["max-append-size=0", "max-append-size=1", "max-append-size=-1", "max-append-size=9223372036854775807", "x=y", ","]),
        ("Retry-After", ["0", "-1", "1", "9223372036854775807", "Fri, 31 Dec 9999 23:59:59 GMT", "Mon, 01 Jan 0001 00:00:00 GMT", "abc"]),
        ("Connection", ["close", "upgrade", "x"]),
        ("Set-Cookie", ["a=b", new string('a', 5_000)]),
        ("WWW-Authenticate", ["Basic realm=x", "Negotiate", "NTLM"]),
        ("X-Long", [new string('a', 60_000), new string('a', 100_000)]),
    ];

    private static readonly string[] Texts =
    [
        "", " ", "null", "true", "0", "\"\"", "[]", "{}", "{", "}", "{\"a\":", "<html></html>", "\0\0\0\0", "\uFEFF{}", "1e999999",
        "[1,2,{\"a\":[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}]",
        "event: state\n\nevent: outcome\ndata: {}\n\n", "data: x\n\n", "event: outcome\ndata: null\n\n", ": \n\n: \n\n",
    ];

    // What JSON answers have, and what it should not be.
    private static readonly (string Member, string[] Values)[] Members =
    [
        ("token", ["null", "1", "\"\"", "\"../x\"", "\"a/b\"", "\"-\"", "\"token\"", "\"$(touch x)\"", "[]", "\"\\u001b[2J\""]),
        ("url",
        [
            "null", "\"\"", "\"javascript:alert(1)\"", "\"/relative/0123456789abcdefghjkmnpqrs\"", "\"file:///etc/passwd\"",
            "\"http://other.invalid/$(touch x)/0123456789abcdefghjkmnpqrs\"", "\"http://u:p@other.invalid/0123456789abcdefghjkmnpqrs\"",
            "\"http://other.invalid/?q=/0123456789abcdefghjkmnpqrs\"", "\"ftp://x/0123456789abcdefghjkmnpqrs\"",
            "\"http://[::1/0123456789abcdefghjkmnpqrs\"", "1",
        ]),
        ("rights", ["null", "[]", "[\"root\"]", "[null]", "\"send\"", "[1]"]),
        ("expiresAt", ["null", "\"0001-01-01T00:00:00Z\"", "\"9999-12-31T23:59:59Z\"", "\"never\"", "0"]),
        ("usesLeft", ["null", "-1", "1e99", "\"1\""]),
        ("outcome", ["null", "\"\"", "\"sent\"", "\"accepted\"", "\"failed\"", "\"perfect\"", "1"]),
        ("bytes", ["null", "-1", "0", "1", "4999", "5001", "9223372036854775807", "1e999", "\"5000\"", "5000.5"]),
        ("bytesReceived", ["-1", "0", "9223372036854775807", "\"x\""]),
        ("length", ["null", "-1", "0", "4999", "9223372036854775807", "\"x\""]),
        ("heldTo", ["-1", "0", "1", "5001", "9223372036854775807"]),
        ("heldFrom", ["-1", "9223372036854775807"]),
        ("receivers", ["null", "{}", "[null]", "[{}]", "[{\"outcome\":\"failed\",\"bytes\":-1}]", "[[]]"]),
        ("state",
        [
            "null", "\"\"", "\"waiting-for-sender\"", "\"waiting-for-receiver\"", "\"receiver-away\"", "\"streaming\"", "\"confirming\"",
            "\"\\u001b]0;x\\u0007\"", "1",
        ]),
        ("sender", ["\"away\"", "1"]),
        ("sha256", ["null", "\"\"", "\"00\"", "\"" + new string('0', 64) + "\"", "1"]),
        ("startedAt", ["null", "\"0001-01-01T00:00:00Z\"", "\"x\""]),
        ("name", ["null", "\"\"", "\"../../outside\"", "\"\\u001b[2J\"", "1"]),
        ("error", ["\"cancelled\"", "\"\\u001b[2J\"", "\"unknown_name\"", "\"complete\"", "1"]),
        ("bytesPerSecond", ["-1", "1e308", "\"NaN\""]),
        ("secondsLeft", ["-1", "1e308", "\"x\""]),
    ];

    /// <summary>All lies.</summary>
    /// <param name="elsewhere">Where answers lead to that lead elsewhere.</param>
    public static IReadOnlyList<HostileLie> All(Uri elsewhere)
    {
        ArgumentNullException.ThrowIfNull(elsewhere);
        var refusal = "{\"title\":\"x\",\"status\":404,\"detail\":\"\\u001b[2J\\nx\",\"error\":\"unknown_name\"}"u8.ToArray();
        return
        [
            .. Statuses.Select(static status => new HostileLie($"status {status}", answer => answer with { Status = status })),
            .. Statuses.Select(status => new HostileLie(
                $"refusal {status}",
                answer => (answer with { Status = status })
                    .With("Content-Type", "application/problem+json")
                    .With("X-Content-Type-Options", "nosniff")
                    .WithBody(refusal))),
            .. Redirections.Select(status => new HostileLie(
                $"redirection {status}",
                answer => (answer with { Status = status + " Elsewhere" }).With("Location", elsewhere.AbsoluteUri))),
            new HostileLie("created elsewhere", answer => (answer with { Status = "201 Created" }).With("Location", elsewhere.AbsoluteUri)),
            .. new[] { "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/9.9", "SSH-2.0-x", "", "\0\0" }
                .Select(static version => new HostileLie($"version {Short(version)}", answer => answer with { Version = version })),
            .. Fields.SelectMany(static field => field.Values.Select(value => new HostileLie(
                $"{field.Field}: {Short(value)}",
                answer => answer.With(field.Field, value)))),
            .. Fields.Select(static field => new HostileLie($"no {field.Field}", answer => answer.With(field.Field))),
            .. Fields.Select(static field => new HostileLie(
                $"two {field.Field}",
                answer => answer.With(field.Field, field.Values[0], field.Values[^1]))),
            new HostileLie("half a length", static answer => answer.With("Content-Length", Number(answer.Body.Length / 2))),
            new HostileLie("twice the length", static answer => answer.With("Content-Length", Number(answer.Body.Length * 2))),
            .. Texts.Select(static text => new HostileLie(
                $"body {Short(text)}",
                answer => answer.WithBody(Encoding.UTF8.GetBytes(text)))),
            new HostileLie("body of noise", static answer => answer.WithBody(TestBytes.Create(99, Math.Max(1, answer.Body.Length)))),
            new HostileLie("body of 8 MiB", static answer => answer.WithBody(new byte[8 * 1024 * 1024])),
            new HostileLie("body that goes on", static answer => answer.WithBody([.. answer.Body, .. answer.Body])),
            .. Members.SelectMany(static member => member.Values.Select(value => new HostileLie(
                $"{member.Member} is {Short(value)}",
                answer => WithMember(answer, member.Member, value)))),
            .. Enum.GetValues<HostileManner>().Select(static manner => new HostileLie(
                $"manner {manner}",
                answer => answer with { Manner = manner })),
        ];
    }

    /// <summary>A later member counts, so it need not be looked for where the answer has it.</summary>
    private static HostileAnswer WithMember(HostileAnswer answer, string member, string value)
    {
        var text = Encoding.UTF8.GetString(answer.Body);
        var end = text.LastIndexOf('}');
        return end < 0
            ? answer
            : answer.WithBody(Encoding.UTF8.GetBytes($"{text[..end]},\"{member}\":{value}{text[end..]}"));
    }

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Short(string text)
    {
        var line = text.Replace("\0", "\\0", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
        return line.Length > 60 ? line[..60] + "…" : line;
    }
}
