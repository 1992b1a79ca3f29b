using System.Text;

namespace Beam.Testing;

/// <summary>The body of a raw response, decoded.</summary>
/// <param name="Bytes">The body's bytes, as far as they came.</param>
/// <param name="IsComplete">
/// Whether the framing says that this is all: every byte of the Content-Length, the last chunk, or, without either, an orderly end.
/// </param>
/// <param name="End">How the connection ended, or <see langword="null"/> when it was still open after a complete body.</param>
public sealed record RawBody(byte[] Bytes, bool IsComplete, ConnectionEnd? End)
{
    /// <summary>The bytes as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Bytes);
}
