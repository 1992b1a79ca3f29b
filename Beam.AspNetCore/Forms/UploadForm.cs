using Beam.AspNetCore.Requests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Beam.AspNetCore.Forms;

/// <summary>A posted form (RFC 7578) with one file or several, read as it comes. Other fields are skipped.</summary>
/// <remarks>
/// As a stream it is the bytes of its only file. The stream ends only after the form's end has come, so that a broken form never looks
/// complete.
/// </remarks>
internal sealed class UploadForm : ReadOnlyStream
{
    // Enough for any honest form's other fields.
    private const int MaxFieldBytes = 1024 * 1024;
    private const int MaxBoundaryLength = 70;

    // How many bytes to search for the boundary at a time. With the reader's own 4 KiB a large file costs a third more.
    private const int SearchBytes = 64 * 1024;

    private readonly MultipartReader _reader;
    private Stream? _file;
    private int _skippedBytes;

    private UploadForm(MultipartReader reader)
    {
        _reader = reader;
    }

    /// <summary>Gets the file's name as the form gives it.</summary>
    public string FileName { get; private set; } = "";

    public string? ContentType { get; private set; }

    /// <summary>Gets how many bytes of files and fields have come. A zip that is made of them may have fewer.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Gets what is wrong with the form; <see langword="null"/> as long as nothing is.</summary>
    public string? Mistake { get; private set; }

    public static bool IsForm(HttpRequest request)
        => MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            && type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase);

    /// <summary>Begins to read the form of <paramref name="request"/>.</summary>
    /// <returns>The form, or <see langword="null"/> when the content type has no usable boundary.</returns>
    public static UploadForm? TryOpen(HttpRequest request)
    {
        var type = MediaTypeHeaderValue.Parse(request.ContentType);
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary);
        return boundary.Length is 0 or > MaxBoundaryLength
            ? null
            : new UploadForm(new MultipartReader(boundary.ToString(), request.Body, SearchBytes));
    }

    /// <summary>Reads up to the file's first byte.</summary>
    /// <param name="named">Whether to leave out files without a name.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns><see langword="false"/> when the form is wrong or has no file; <see cref="Mistake"/> says what is wrong.</returns>
    /// <exception cref="IOException">The body broke off.</exception>
    public async Task<bool> FindFileAsync(bool named, CancellationToken cancellationToken)
    {
        try
        {
            if (await MoveToFileAsync(named, cancellationToken))
            {
                return true;
            }

            Mistake = "The form has no file.";
        }
        catch (InvalidDataException exception)
        {
            Mistake = $"The form cannot be read: {exception.Message}";
        }

        return false;
    }

    /// <summary>Reads the file, and after it the rest of the form, which must not have another file.</summary>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await ReadFileAsync(buffer, cancellationToken);
        if (count == 0 && !buffer.IsEmpty && await MoveToFileAsync(named: false, cancellationToken))
        {
            throw Fail("The form has a second file; send one at a time, or all as one with ?bundle=zip.");
        }

        return count;
    }

    /// <summary>Reads the file that was found last.</summary>
    /// <returns>How many bytes; 0 at its end.</returns>
    public async ValueTask<int> ReadFileAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await _file!.ReadAsync(buffer, cancellationToken);
        BytesRead += count;
        return count;
    }

    /// <summary>Goes to the next file.</summary>
    /// <param name="named">Whether to leave out a file without a name, which browsers send when a person has chosen nothing.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns><see langword="false"/> at the end of the form.</returns>
    /// <exception cref="InvalidDataException">The form is wrong; <see cref="Mistake"/> says what is wrong.</exception>
    public async Task<bool> MoveToFileAsync(bool named, CancellationToken cancellationToken)
    {
        try
        {
            while (await NextFileAsync(cancellationToken) is { } file)
            {
                (_file, FileName, ContentType) = (file.Section.Body, file.FileName, file.Section.ContentType);
                if (!named || FileName.Length > 0)
                {
                    return true;
                }

                await SkipAsync(_file, cancellationToken);
            }

            return false;
        }
        catch (InvalidDataException exception)
        {
            Mistake = exception.Message;
            throw;
        }
    }

    /// <summary>Notes what is wrong with the form.</summary>
    /// <returns>What to throw.</returns>
    public InvalidDataException Fail(string mistake)
    {
        Mistake = mistake;
        return new InvalidDataException(mistake);
    }

    private async Task<(MultipartSection Section, string FileName)?> NextFileAsync(CancellationToken cancellationToken)
    {
        while (await NextPartAsync(cancellationToken) is { } section)
        {
            if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
            {
                throw new InvalidDataException("A part has no readable Content-Disposition.");
            }

            // A part with a filename is a file, even if the name is empty: browsers send that when a person has chosen nothing.
            if (FileNameOf(disposition) is { } fileName)
            {
                return (section, fileName);
            }

            await SkipAsync(section.Body, cancellationToken);
        }

        return null;
    }

    private async Task<MultipartSection?> NextPartAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _reader.ReadNextSectionAsync(cancellationToken);
        }
        catch (InvalidDataException exception)
        {
            // The reader's own message quotes the line, which the sender wrote. If a delimiter stands in the file, it quotes the file.
            throw new InvalidDataException("A part has no readable headers.", exception);
        }
    }

    private async Task SkipAsync(Stream part, CancellationToken cancellationToken)
    {
        var buffer = new byte[4096];
        while (await part.ReadAsync(buffer, cancellationToken) is var count and > 0)
        {
            _skippedBytes += count;
            BytesRead += count;
            if (_skippedBytes > MaxFieldBytes)
            {
                throw new InvalidDataException("The fields before the file are too large.");
            }
        }
    }

    private static string? FileNameOf(ContentDispositionHeaderValue disposition)
    {
        if (disposition.FileNameStar.HasValue)
        {
            return disposition.FileNameStar.ToString();
        }

        return disposition.FileName.HasValue ? HeaderUtilities.UnescapeAsQuotedString(disposition.FileName).ToString() : null;
    }
}
