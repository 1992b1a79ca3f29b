using Microsoft.AspNetCore.Http;

namespace Beam.AspNetCore.Delivery;

/// <summary>
/// A connection over HTTP/1 that is the client's own: what the client does with it after the file says what the client has read.
/// </summary>
/// <param name="context">The client's request.</param>
/// <param name="connection">The client's connection.</param>
/// <param name="meaning">What its orderly end means; never <see cref="EndMeaning.Nothing"/>.</param>
internal abstract class OwnConnection(HttpContext context, ClientConnection connection, EndMeaning meaning)
    : DeliveryWatch(context, connection)
{
    // What the connection had been given before the end of the response.
    private long _bytesBeforeEnd;

    public override EndMeaning Meaning => meaning;

    public override Func<long>? Progress => Connection.Progress;

    protected ClientConnection Connection { get; } = connection;

    protected override ValueTask<bool> TryBeginEndAsync(SentBody sent, Task given, TimeProvider timeProvider)
    {
        // Whether and how the client has closed is a question for after the end.
        _bytesBeforeEnd = Connection.WrittenBytes;
        return ValueTask.FromResult(true);
    }

    /// <summary>Says whether the connection was given all bytes and the end of the response.</summary>
    protected override bool IsWritten(SentBody sent)
    {
        // Headers go with the first byte of the body, or with its end when there is none.
        var endsWithBody = sent.Bytes > 0 && (sent.IsLengthKnown || HttpProtocol.IsHttp10(Context.Request.Protocol));
        return base.IsWritten(sent) && (endsWithBody || Connection.WrittenBytes > _bytesBeforeEnd);
    }
}
