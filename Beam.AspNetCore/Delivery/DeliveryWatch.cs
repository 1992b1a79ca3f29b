using System.IO.Pipelines;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// The judge: finds out what became of a download after its last byte, as far as the connection can tell. There is one kind for each way
/// of finding out, and <see cref="Choose"/> picks the kind (README.md).
/// </summary>
/// <remarks>
/// For one response: choose, write the file to <see cref="Body"/>, ask before the response ends, end it, and ask again. A relay's
/// download asks for its receiver (<see cref="TryBeginEndAsync(TransferReceiver, TimeProvider)"/>, <see cref="FinishAsync"/>). A gateway's
/// download, which comes from a node, asks for itself (<see cref="HasBodyAsync"/>, <see cref="JudgeAsync"/>).
/// </remarks>
/// <param name="context">The client's request.</param>
/// <param name="counted">Counts every byte as the server writes it; <see langword="null"/> when nothing does.</param>
internal abstract class DeliveryWatch(HttpContext context, ClientConnection? counted)
{
    // What Observe has made; null before.
    private ObservedBodyWriter? _body;

    /// <summary>Gets the writer for the file.</summary>
    public ObservedBodyWriter Body => _body ?? throw new InvalidOperationException("Observe the body first.");

    /// <summary>Gets what the orderly end of the connection means.</summary>
    public virtual EndMeaning Meaning => EndMeaning.Nothing;

    /// <summary>Gets what keeps a slow receiver from looking stalled; <see langword="null"/> when the connection does not tell.</summary>
    public virtual Func<long>? Progress => null;

    /// <summary>
    /// Gets a value indicating whether the end of the response may wait for room, which only a client that takes bytes makes.
    /// </summary>
    public virtual bool EndWaitsForRoom => false;

    protected HttpContext Context => context;

    /// <summary>Begins to watch a relay's response, whose headers have not been sent.</summary>
    public static DeliveryWatch Begin(HttpContext context)
    {
        var watch = Choose(context, context.Features.Get<ClientConnection>(), isPassedOn: false);
        watch.Observe(context.Response.BodyWriter);
        return watch;
    }

    /// <summary>Chooses how to find out what became of a download. This is the only place that does.</summary>
    /// <param name="context">The client's request; of the response nothing has been sent.</param>
    /// <param name="connection">The client's connection; <see langword="null"/> when the server does not tell of it.</param>
    /// <param name="isPassedOn">Whether the download comes from a node, which must hear how the client's connection ends.</param>
    public static DeliveryWatch Choose(HttpContext context, ClientConnection? connection, bool isPassedOn)
    {
        // 1. A server other than Kestrel, or HTTP/3.
        if (connection is null)
        {
            return new UnobservedConnection(context);
        }

        var meaning = DeliveryPath.MeaningOfEnd(context, connection);
        connection.Watch(isTold: meaning != EndMeaning.Nothing && DeliveryPath.IsTold(context));

        // 2. HTTP/2: the connection goes on. Its frames show when this response's bytes were sent, unless a middleware hides them.
        if (HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            return StreamDelivery.TryBegin(context, connection) is { } stream ? new Http2Response(context, stream)
                : isPassedOn ? new CountedConnection(context, connection)
                : new UnobservedConnection(context);
        }

        // 3. HTTP/1 where the end means nothing: a proxy owns the connection, or the request has a body.
        if (meaning == EndMeaning.Nothing)
        {
            return new CountedConnection(context, connection);
        }

        // 4. HTTP/1 where the client says what it has read: with its next request, or by closing.
        return !isPassedOn && KeptConnection.MayStayOpen(context) && !connection.HasInput()
            ? new KeptConnection(context, connection, meaning)
            : new ClosingConnection(context, connection, meaning);
    }

    /// <summary>Begins to watch the response's body, of which nothing has been written.</summary>
    /// <param name="body">The server's own writer.</param>
    public virtual void Observe(PipeWriter body) => _body = new ObservedBodyWriter(body, counted);

    /// <summary>Prepares for the end of the body. Everything before the end has been written.</summary>
    /// <returns>
    /// <see langword="false"/> when the client is gone, unless it may be gone because it has everything: a client that knows the length
    /// closes on the last byte.
    /// </returns>
    public ValueTask<bool> TryBeginEndAsync(TransferReceiver receiver, TimeProvider timeProvider)
        => TryBeginEndAsync(SentTo(receiver), receiver.Ended, timeProvider);

    /// <summary>Waits until it is known whether the client has read everything, and ends the transfer accordingly.</summary>
    public async Task FinishAsync(TransferReceiver receiver, TimeProvider timeProvider)
    {
        var sent = SentTo(receiver);
        var verdict = IsWritten(sent)
            ? await JudgeAsync(sent, receiver.Ended, receiver.NoteHandedOver, timeProvider)
            : DeliveryVerdict.Lost;
        switch (verdict)
        {
            case DeliveryVerdict.ReadEverything:
                receiver.FinishDelivery(Meaning == EndMeaning.Read ? DeliveryStatus.Confirmed : DeliveryStatus.Sent);
                break;
            case DeliveryVerdict.HandedOver or DeliveryVerdict.Unknown:
                receiver.FinishDelivery(DeliveryStatus.Sent);
                break;
            case DeliveryVerdict.Lost:
                receiver.Fail(TransferError.ReceiverLost);
                break;
            default:
                // The transfer has ended otherwise: the stall limit, a cancellation, the end of the server.
                break;
        }
    }

    /// <summary>
    /// Waits until the client's system has the body, where the end of the response may wait for room. Call it before the end.
    /// </summary>
    /// <param name="sent">What was written; at least one byte.</param>
    /// <param name="given">Ends the wait.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <returns><see langword="false"/> when the client's system does not have the body, and will not.</returns>
    public virtual Task<bool> HasBodyAsync(SentBody sent, Task given, TimeProvider timeProvider) => Task.FromResult(true);

    /// <summary>Waits, after the end of the response, until it is known what the client has.</summary>
    /// <param name="sent">What was written; the connection took all of it.</param>
    /// <param name="given">Ends the wait.</param>
    /// <param name="onHandedOver">
    /// Called once, where the client will say more: when its system has acknowledged every byte, or when that cannot be known.
    /// </param>
    /// <param name="timeProvider">The clock.</param>
    public abstract Task<DeliveryVerdict> JudgeAsync(SentBody sent, Task given, Action onHandedOver, TimeProvider timeProvider);

    /// <summary>
    /// What <see cref="TryBeginEndAsync(TransferReceiver, TimeProvider)"/> does when only the server tells of the client.
    /// </summary>
    protected virtual ValueTask<bool> TryBeginEndAsync(SentBody sent, Task given, TimeProvider timeProvider)
        => ValueTask.FromResult(!context.RequestAborted.IsCancellationRequested);

    /// <summary>
    /// Says whether the connection was given all bytes, as far as this is known. After a client has left, the connection takes nothing.
    /// </summary>
    protected virtual bool IsWritten(SentBody sent) => Body.IsWritten;

    private SentBody SentTo(TransferReceiver receiver) => new(receiver.BytesSent, context.Response.ContentLength is not null);
}
