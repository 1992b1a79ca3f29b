using System.Globalization;

namespace Beam.Testing;

/// <summary>A response's status line and header fields, as they were on the wire.</summary>
public sealed class RawResponseHead
{
    private RawResponseHead(string text)
    {
        Text = text;
        var lines = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var status = lines[0].Split(' ', 3);
        Version = status[0];
        Status = int.Parse(status[1], CultureInfo.InvariantCulture);
        Reason = status.Length > 2 ? status[2] : "";
        Headers = [.. lines.Skip(1).Select(ParseField)];
    }

    /// <summary>The head, line ends included.</summary>
    public string Text { get; }

    /// <summary>The protocol version, such as <c>HTTP/1.1</c>.</summary>
    public string Version { get; }

    /// <summary>The status code.</summary>
    public int Status { get; }

    /// <summary>The reason phrase.</summary>
    public string Reason { get; }

    /// <summary>The header fields in order, repeated names included.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; }

    /// <summary>The value of a header field, joined with a comma when repeated, or <see langword="null"/>.</summary>
    public string? this[string name]
    {
        get
        {
            var values = Headers
                .Where(header => header.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(header => header.Value)
                .ToList();
            return values.Count == 0 ? null : string.Join(", ", values);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    internal static RawResponseHead Parse(string text) => new(text);

    private static KeyValuePair<string, string> ParseField(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return KeyValuePair.Create(line[..colon], line[(colon + 1)..].Trim());
    }
}
