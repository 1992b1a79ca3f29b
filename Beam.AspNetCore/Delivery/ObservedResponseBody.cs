using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;

namespace Beam.AspNetCore.Delivery;

/// <summary>A response's body that knows how much of it, and whether all of it, its connection was given.</summary>
internal sealed class ObservedResponseBody : IHttpResponseBodyFeature
{
    private readonly IHttpResponseBodyFeature _body;
    private readonly ClientConnection? _connection;
    private readonly ObservedBodyWriter _writer;

    public ObservedResponseBody(IHttpResponseBodyFeature body, ClientConnection? connection)
    {
        _body = body;
        _connection = connection;
        _writer = new ObservedBodyWriter(body.Writer, connection);
        Stream = _writer.AsStream(leaveOpen: true);
    }

    public Stream Stream { get; }

    public PipeWriter Writer => _writer;

    /// <summary>Gets how many bytes were written.</summary>
    public long WrittenBytes => _writer.WrittenBytes;

    /// <summary>Gets how many bytes the connection had been given after the last byte of the body.</summary>
    public long ConnectionBytes => _writer.ConnectionBytes;

    /// <summary>Says whether all that was written has reached the connection, the end included, as far as it is known.</summary>
    /// <param name="endsWithBody">Whether the last byte of the body is the end, because the length was declared.</param>
    public bool IsWritten(bool endsWithBody)
        => _connection is null || (_writer.IsWritten && ((endsWithBody && _writer.WrittenBytes > 0) || _connection.WrittenBytes > _writer.ConnectionBytes));

    public void DisableBuffering() => _body.DisableBuffering();

    public Task StartAsync(CancellationToken cancellationToken = default) => _body.StartAsync(cancellationToken);

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default)
        => _body.SendFileAsync(path, offset, count, cancellationToken);

    public Task CompleteAsync() => _body.CompleteAsync();
}
