namespace Beam.Buffering;

/// <summary>
/// The bytes of one transfer: a log with one writer and any number of readers, bounded by what its factory gave it.
/// </summary>
/// <remarks>
/// <para>One caller appends at a time, and awaits each append before the next. Any thread may use the other members at any time.</para>
/// <para>The normal end is <see cref="Complete"/>. Everything else, disposal included, is a failure that every reader sees.
/// <see cref="Fail"/> and disposal end every wait; a cancellation token ends one wait alone and harms nothing.</para>
/// <para>The caller that got the buffer from <see cref="IChunkBufferFactory"/> disposes it. Leases that are still out stay readable until
/// they are returned.</para>
/// </remarks>
public interface IChunkBuffer : IAsyncDisposable
{
    /// <summary>Gets the range of offsets that can be read now.</summary>
    HeldRange Held { get; }

    /// <summary>Gets or sets a value indicating whether somebody is reading. The default is <see langword="false"/>.</summary>
    /// <value>
    /// While <see langword="true"/>, the writer waits for the readers when the window is full. While <see langword="false"/>, the bytes are
    /// read-ahead: they take the smaller share of memory, and a buffer that can spill does so.
    /// </value>
    bool IsAttended { get; set; }

    /// <summary>Appends a copy of <paramref name="bytes"/>, waiting while there is no room.</summary>
    /// <param name="bytes">The bytes; they must not change until the append has ended.</param>
    /// <param name="cancellationToken">Ends the wait for room, as <see cref="AppendStatus.Interrupted"/>; it does not throw.</param>
    /// <returns>
    /// How the append ended. After <see cref="AppendStatus.Closed"/> or <see cref="AppendStatus.NoRoom"/> nothing more can be appended.
    /// </returns>
    /// <exception cref="InvalidOperationException"><see cref="Complete"/> was called before.</exception>
    ValueTask<AppendStatus> AppendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken = default);

    /// <summary>Leases the bytes at <paramref name="offset"/>, waiting for them when the writer has not come so far.</summary>
    /// <param name="offset">Where to read, in bytes from the start of the transfer.</param>
    /// <param name="cancellationToken">Ends the wait for bytes, as <see cref="ChunkReadStatus.Interrupted"/>; it does not throw.</param>
    /// <returns>At least one byte, or the reason why there is none. Dispose it exactly once.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative or beyond what was appended.</exception>
    ValueTask<ChunkRead> ReadAsync(long offset, CancellationToken cancellationToken = default);

    /// <summary>Says that no reader needs the bytes below <paramref name="offset"/> any more.</summary>
    /// <remarks>The buffer may keep some of them, so that a reader can go back, for as long as nothing else needs the room.</remarks>
    /// <param name="offset">
    /// The slowest reader's position. One that is no higher than before says only that something else may need the room now: the relay
    /// repeats it then. See also <see cref="TryRewind"/>.
    /// </param>
    void Release(long offset);

    /// <summary>Says that a reader starts again at <paramref name="offset"/>, which may lie below what was released.</summary>
    /// <param name="offset">Where it will read, in bytes from the start of the transfer.</param>
    /// <returns>
    /// <see langword="true"/> when that offset is held, and stays so until it is released again; <see langword="false"/> when it is not,
    /// and then nothing has changed.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="offset"/> is negative.</exception>
    bool TryRewind(long offset);

    /// <summary>Ends the log well: readers get the rest and then <see cref="ChunkReadStatus.End"/>.</summary>
    /// <remarks>Does nothing when the buffer has failed or was completed before.</remarks>
    void Complete();

    /// <summary>
    /// Ends the log badly: every wait ends, every later read answers <see cref="ChunkReadStatus.Failed"/>, the bytes are gone.
    /// </summary>
    void Fail();
}
