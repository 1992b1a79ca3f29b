namespace Beam.Transfers;

/// <summary>Which bytes of a file the connections of a seat have taken. Bytes that they have taken twice count once.</summary>
internal sealed class HandedBytes
{
    // Nobody who means well takes more pieces apart from each other. What is forgotten counts as not handed over.
    private const int MostPieces = 16;

    // Apart from each other, in their order.
    private readonly List<(long From, long To)> _pieces;

    public HandedBytes()
        : this([], count: 0)
    {
    }

    private HandedBytes(List<(long From, long To)> pieces, long count)
    {
        _pieces = pieces;
        Count = count;
    }

    /// <summary>Gets how many they are.</summary>
    public long Count { get; private set; }

    /// <summary>Gets up to which offset nothing is missing.</summary>
    public long Beginning => _pieces is [(0, var to), ..] ? to : 0;

    /// <summary>Gets the end of the last of them.</summary>
    public long End => _pieces.Count > 0 ? _pieces[^1].To : 0;

    public void Add(long from, long to)
    {
        if (_pieces is [.., var last] && last.To == from && to > from)
        {
            // Nearly always: a connection takes one byte after the other.
            _pieces[^1] = (last.From, to);
            Count += to - from;
        }
        else if (to > from)
        {
            Merge(from, to);
        }
    }

    public HandedBytes Copy() => new([.. _pieces], Count);

    private void Merge(long from, long to)
    {
        var first = _pieces.FindIndex(piece => piece.To >= from);
        if (first < 0)
        {
            first = _pieces.Count;
        }

        var count = 0;
        for (; first + count < _pieces.Count && _pieces[first + count].From <= to; count++)
        {
            var piece = _pieces[first + count];
            (from, to) = (Math.Min(from, piece.From), Math.Max(to, piece.To));
            Count -= piece.To - piece.From;
        }

        _pieces.RemoveRange(first, count);
        _pieces.Insert(first, (from, to));
        Count += to - from;
        if (_pieces.Count > MostPieces)
        {
            Count -= _pieces[^1].To - _pieces[^1].From;
            _pieces.RemoveAt(_pieces.Count - 1);
        }
    }
}
