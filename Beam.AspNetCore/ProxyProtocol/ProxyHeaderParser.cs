namespace Beam.AspNetCore.ProxyProtocol;

/// <summary>
/// Reads the header of the PROXY protocol, version 1 or 2 (haproxy's doc/proxy-protocol.txt). It is our own because NuGet has no well-kept
/// package for it, and it stands before everything else that the server reads.
/// </summary>
/// <remarks>It looks at no byte behind the header and throws nothing. What it has decided, no further byte changes.</remarks>
internal static class ProxyHeaderParser
{
    /// <summary>The most bytes that a header may have. The longest line of version 1 has 107; version 2 may bring further values.</summary>
    public const int MaxBytes = 4096;

    /// <param name="bytes">All bytes of the connection so far, or at least <see cref="MaxBytes"/> of them.</param>
    public static HeaderReading Parse(ReadOnlySpan<byte> bytes)
        => BeginsAs(bytes, ProxyHeaderV2.Signature) ? ProxyHeaderV2.Parse(bytes)
            : BeginsAs(bytes, ProxyHeaderV1.Signature) ? ProxyHeaderV1.Parse(bytes)
            : HeaderReading.Invalid;

    private static bool BeginsAs(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> signature)
        => bytes.Length < signature.Length ? signature.StartsWith(bytes) : bytes.StartsWith(signature);
}
