using System.Text;

namespace Beam.Testing;

/// <summary>What came before a connection's end, and the end.</summary>
/// <param name="Bytes">Everything read.</param>
/// <param name="End">How it ended.</param>
public sealed record RawEnd(byte[] Bytes, ConnectionEnd End)
{
    /// <summary>The bytes as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);
}
