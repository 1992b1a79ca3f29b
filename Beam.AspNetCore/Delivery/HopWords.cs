using System.Buffers;

namespace Beam.AspNetCore.Delivery;

/// <summary>What a hop that knows Beam says over its connection of its own client, while and after that takes the file.</summary>
internal sealed class HopWords
{
    // Of any kind: each is a sign of life.
    private long _count;

    // Written by what reads the connection, read by what waits beside it.
    private volatile bool _isHandedOver;

    /// <summary>Gets how many words there were; it grows while the hop's client takes bytes.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>
    /// Gets a value indicating whether the system of the hop's client has everything (<see cref="DeliveryPath.HandedOver"/>).
    /// </summary>
    public bool IsHandedOver => _isHandedOver;

    /// <summary>Gets a value indicating whether the hop's client has everything (<see cref="DeliveryPath.Done"/>).</summary>
    public bool IsDone { get; private set; }

    /// <summary>Takes note of what has come. A byte is a word.</summary>
    public void Hear(ReadOnlySequence<byte> words)
    {
        Volatile.Write(ref _count, _count + words.Length);
        IsDone |= words.PositionOf(DeliveryPath.Done) is not null;
        _isHandedOver |= words.PositionOf(DeliveryPath.HandedOver) is not null;
    }
}
