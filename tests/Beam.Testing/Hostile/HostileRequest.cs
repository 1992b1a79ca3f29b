namespace Beam.Testing;

/// <summary>A request, as far as an answer depends on it.</summary>
/// <param name="Kind">What it asks for.</param>
/// <param name="Head">Its head.</param>
/// <param name="Server">The address of the server.</param>
public sealed record HostileRequest(HostileRequestKind Kind, string Head, Uri Server)
{
    /// <summary>Reads the head of a request.</summary>
    /// <param name="head">The head.</param>
    /// <param name="server">The address of the server.</param>
    public static HostileRequest Read(string head, Uri server)
    {
        ArgumentNullException.ThrowIfNull(head);
        var words = head.Split(' ', 3);
        var (method, target) = (words[0], words.Length > 1 ? words[1] : "");
        var kind = (method, target) switch
        {
            ("OPTIONS", _) => HostileRequestKind.Limits,
            ("DELETE", _) => HostileRequestKind.Deletion,
            ("HEAD", _) => HostileRequestKind.Head,
            ("PUT" or "PATCH", _) => HostileRequestKind.Upload,
            ("POST", _) when target.Contains("?confirm", StringComparison.Ordinal) => HostileRequestKind.Confirmation,
            ("POST", _) => HostileRequestKind.Mint,
            _ when target.Contains("?status", StringComparison.Ordinal) => HostileRequestKind.Status,
            _ when target.Contains("?events", StringComparison.Ordinal) => HostileRequestKind.Events,
            _ => HostileRequestKind.Download,
        };
        return new HostileRequest(kind, head, server);
    }

    /// <summary>The value of a field; <see langword="null"/> when it has none.</summary>
    /// <param name="name">The field.</param>
    public string? Field(string name) => Head.Split("\r\n")
        .FirstOrDefault(line => line.StartsWith(name + ": ", StringComparison.OrdinalIgnoreCase))
        ?[(name.Length + 2)..];
}
