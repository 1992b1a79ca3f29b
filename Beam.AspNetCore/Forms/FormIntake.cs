using System.IO.Pipelines;
using Beam.AspNetCore.Answers;
using Beam.AspNetCore.Fields;
using Beam.AspNetCore.Requests;
using Beam.Transfers;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace Beam.AspNetCore.Forms;

/// <summary>Reads a posted form up to its file. There are the name and type, which the relay needs before it pairs anybody.</summary>
internal sealed class FormIntake(IOptions<BeamOptions> options, TimeProvider timeProvider)
{
    // A form is read through its own buffer; a quarter of the usual window keeps the number of reads low.
    private static readonly StreamPipeReaderOptions FormReading
        = new(bufferSize: 64 * 1024, minimumReadSize: 16 * 1024, useZeroByteReads: true);

    /// <summary>Finds the file in the form of a request.</summary>
    /// <returns>The file; <see langword="null"/> when there is none, and then the request has been answered.</returns>
    public async Task<FormFile?> OpenAsync(HttpContext context)
    {
        if (!BundleRequest.TryRead(context.Request, out var bundle))
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, BundleRequest.Rule);
            return null;
        }

        if (UploadForm.TryOpen(context.Request) is not { } form)
        {
            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, "The form's content type has no usable boundary.");
            return null;
        }

        RequestBody.NoteReading(context, asForm: true);
        var body = context.Request.BodyReader;
        using var timeout = new CancellationTokenSource(options.Value.StallTimeout, timeProvider);
        await using var stop = timeout.Token.UnsafeRegister(static body => ((PipeReader)body!).CancelPendingRead(), body);
        try
        {
            if (await form.FindFileAsync(named: bundle.IsWanted, context.RequestAborted))
            {
                return bundle.IsWanted ? Bundle(form, bundle) : Single(form);
            }

            await Refusal.WriteAsync(context, StatusCodes.Status400BadRequest, form.Mistake!);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            await Refusal.WriteAsync(context, AnswerTable.ForSender(TransferError.SenderStalled));
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            await Refusal.WriteAsync(context, AnswerTable.ForSender(TransferError.SenderLost));
        }

        return null;
    }

    private static FormFile Single(UploadForm form) => new(
        form.FileName,
        new TransferDescription(ContentType: FileHeaders.MediaType(form.ContentType)),
        form,
        PipeReader.Create(form, FormReading));

    private FormFile Bundle(UploadForm form, BundleRequest asked) => new(
        BundleRequest.UsualName,
        new TransferDescription(ContentType: BundleRequest.ContentType),
        form,
        PipeReader.Create(new ZipBundle(form, asked.IsCompressed, timeProvider), FormReading));
}
