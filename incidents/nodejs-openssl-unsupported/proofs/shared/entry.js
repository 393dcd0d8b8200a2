console.log('built with webpack');
