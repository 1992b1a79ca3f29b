using System.Globalization;
using System.Text;

namespace Beam.Testing;

/// <summary>An answer that need not be true, nor HTTP.</summary>
/// <param name="Status">The first line behind the version.</param>
/// <param name="Fields">The fields, in order.</param>
/// <param name="Body">The body.</param>
public sealed record HostileAnswer(string Status, IReadOnlyList<(string Name, string Value)> Fields, byte[] Body)
{
    /// <summary>Gets the version, with which the first line begins.</summary>
    public string Version { get; init; } = "HTTP/1.1";

    /// <summary>Gets how the bytes are sent.</summary>
    public HostileManner Manner { get; init; }

    /// <summary>An answer whose length is right.</summary>
    /// <param name="status">The first line behind the version.</param>
    /// <param name="body">The body.</param>
    /// <param name="fields">The other fields.</param>
    public static HostileAnswer Of(string status, byte[] body, params (string Name, string Value)[] fields)
    {
        ArgumentNullException.ThrowIfNull(body);
        return new(
            status,
            [.. fields, ("Cache-Control", "no-store"), ("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture))],
            body);
    }

    /// <summary>The same with another value of a field, or without it.</summary>
    /// <param name="name">The field.</param>
    /// <param name="values">Its values, in lines of their own.</param>
    public HostileAnswer With(string name, params string[] values) => this with
    {
        Fields =
        [
            .. Fields.Where(field => !field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)),
            .. values.Select(value => (name, value)),
        ],
    };

    /// <summary>The same with another body and its length.</summary>
    /// <param name="body">The body.</param>
    public HostileAnswer WithBody(byte[] body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return (this with { Body = body }).With("Content-Length", body.Length.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>The bytes of its head.</summary>
    public byte[] Head()
    {
        var head = new StringBuilder($"{Version} {Status}\r\n");
        foreach (var (name, value) in Fields)
        {
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        }

        return Encoding.Latin1.GetBytes(head.Append("\r\n").ToString());
    }
}
