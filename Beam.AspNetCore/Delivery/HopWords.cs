using System.Buffers;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// What a hop that knows Beam says over its connection about its own client, while that client takes the file and afterwards.
/// </summary>
internal sealed class HopWords
{
    // Of any kind: each word is a sign of life.
    private long _count;

    // The reader of the connection writes it, and the waiter beside it reads it.
    private volatile bool _isHandedOver;

    /// <summary>Gets how many words there were; it grows while the hop's client takes bytes.</summary>
    public long Count => Volatile.Read(ref _count);

    /// <summary>
    /// Gets a value indicating whether the system of the hop's client has everything (<see cref="DeliveryPath.HandedOver"/>).
    /// </summary>
    public bool IsHandedOver => _isHandedOver;

    /// <summary>Gets a value indicating whether the hop's client has everything (<see cref="DeliveryPath.Done"/>).</summary>
    public bool IsDone { get; private set; }

    /// <summary>Notes what has come. Each byte is a word.</summary>
    public void Hear(ReadOnlySequence<byte> words)
    {
        Volatile.Write(ref _count, _count + words.Length);
        IsDone |= words.PositionOf(DeliveryPath.Done) is not null;
        _isHandedOver |= words.PositionOf(DeliveryPath.HandedOver) is not null;
    }
}
