using System.Globalization;
using System.Text;

namespace Beam.Benchmarks.Load;

/// <summary>The part of an HTTP/1.1 request or response before its body.</summary>
/// <param name="StartLine">The first line.</param>
/// <param name="ContentLength">The declared length of the body, if there is one.</param>
/// <param name="IsChunked">Whether the body comes in chunks.</param>
internal sealed record HttpHead(string StartLine, long? ContentLength, bool IsChunked)
{
    public int Status => int.Parse(StartLine.AsSpan(9, 3), CultureInfo.InvariantCulture);

    public static HttpHead Parse(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        long? length = null;
        var isChunked = false;
        foreach (var line in lines.AsSpan(1))
        {
            if (line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase))
            {
                length = long.Parse(line.AsSpan(15), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture);
            }

            isChunked |= line.StartsWith("Transfer-Encoding:", StringComparison.OrdinalIgnoreCase)
                && line.EndsWith("chunked", StringComparison.OrdinalIgnoreCase);
        }

        return new HttpHead(lines[0], length, isChunked);
    }
}
