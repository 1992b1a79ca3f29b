using System.Globalization;

namespace Beam.Benchmarks.Load;

/// <summary>Reads a response in chunks.</summary>
internal sealed class ChunkedBody(HttpSocket socket)
{
    private long _left;
    private bool _hasBegun;

    /// <summary>Gets a value indicating whether the last chunk has come.</summary>
    public bool IsAtEnd { get; private set; }

    /// <summary>Reads what is there, at least one byte.</summary>
    /// <returns>How many bytes were read, 0 at the end of the body or of the connection.</returns>
    public int Read(Span<byte> destination)
    {
        if (_left == 0 && !TryBeginChunk())
        {
            return 0;
        }

        var count = socket.Read(destination[..(int)Math.Min(destination.Length, _left)]);
        _left -= count;
        return count;
    }

    private bool TryBeginChunk()
    {
        // A chunk ends with a line end of its own.
        if (IsAtEnd || (_hasBegun && socket.ReadLine() is null) || socket.ReadLine() is not { } size)
        {
            return false;
        }

        _hasBegun = true;
        _left = long.Parse(size, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        IsAtEnd = _left == 0;
        return !IsAtEnd;
    }
}
